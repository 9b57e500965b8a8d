import { describeMachine, writeResults } from '../base/results.ts';
import { closeOnSignals } from '../chaos/world/close-on-signals.ts';
import { openAround, type Around } from '../throughput/around.ts';
import { buildPackage } from '../throughput/build.ts';
import type { Setting } from '../throughput/plan.ts';
import { openSubject, type CountedFigures, type Subject } from '../throughput/subject.ts';
import { checkOut, describeHere, resolveRevision, type Checkout } from './checkout.ts';
import type { Comparison } from './plan.ts';
import type { Row } from './row.ts';
import { formatHead, formatRow } from './table.ts';

type Sides<T> = Readonly<Record<'before' | 'after', T>>;

/** Prints a table; settles with the exit status. Rejects with `RefusedRevision` before anything is started. */
export async function runComparison(plan: Comparison): Promise<number> {
  const commits = { before: resolveRevision(plan.before), after: plan.after === undefined ? undefined : resolveRevision(plan.after) };
  const owned = new AsyncDisposableStack();
  const close = closeOnSignals(owned);
  try {
    const { before, after } = commits;
    const checkouts = { before: checkOut(before, owned), after: after === undefined ? describeHere() : checkOut(after, owned) };
    return await compare(plan, checkouts, owned);
  } finally {
    await close();
  }
}

async function compare(plan: Comparison, checkouts: Sides<Checkout>, owned: AsyncDisposableStack): Promise<number> {
  const around = await openAround(owned);
  const subjects = {
    before: await open(around, 'before', checkouts.before, plan.devices, owned),
    after: await open(around, 'after', checkouts.after, plan.devices, owned),
  };
  console.log(`${describeMachine()}\n${formatHead(checkouts.before.name, checkouts.after.name, plan.rounds)}`);
  const idle = { before: subjects.before.memory(), after: subjects.after.memory() };
  for (const subject of Object.values(subjects)) await subject.measure({ inFlight: 50, inBursts: false, warmMs: 0, ms: plan.ms });
  const rows: Row[] = [];
  for (const setting of plan.settings) {
    await around.sink.ask('delay', setting.delayMs);
    const row = await runSetting(plan, setting, subjects);
    rows.push(row);
    console.log(formatRow(row));
  }
  writeResults('compare', { plan, before: checkouts.before.name, after: checkouts.after.name, idle, rows });
  const wrong = rows.flatMap((row) => [...row.before.rounds, ...row.after.rounds]).filter(({ arrived, ended }) => arrived !== ended);
  if (wrong.length > 0) console.error(`In ${wrong.length} rounds the push service saw another number of pushes than were answered.`);
  return wrong.length > 0 ? 1 : 0;
}

async function open(around: Around, side: 'before' | 'after', { root, name }: Checkout, devices: number, owned: AsyncDisposableStack) {
  console.error(`starting ${name}, registering ${devices} devices`);
  const subject = await openSubject(around, { domain: `${side}.example.org`, built: buildPackage(root, owned) }, owned);
  await subject.register(devices);
  return subject;
}

/** Turn by turn; who begins changes, so that none is always the first. */
async function runSetting(plan: Comparison, setting: Setting, subjects: Sides<Subject>): Promise<Row> {
  const rounds = { before: [] as CountedFigures[], after: [] as CountedFigures[] };
  const interval = { ...setting, warmMs: plan.warmMs, ms: plan.ms };
  for (let round = 0; round < plan.rounds; round += 1) {
    const order = round % 2 === 0 ? (['before', 'after'] as const) : (['after', 'before'] as const);
    for (const side of order) rounds[side].push(await subjects[side].measure(interval));
    console.error(`${setting.inFlight} in flight, ${setting.delayMs} ms: round ${round + 1} of ${plan.rounds}`);
  }
  const { before, after } = subjects;
  return {
    setting,
    before: { rounds: rounds.before, memory: before.memory() },
    after: { rounds: rounds.after, memory: after.memory() },
  };
}
