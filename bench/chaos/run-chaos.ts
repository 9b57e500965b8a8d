import { inflict } from './inflict.ts';
import { countDoubles, fates, judge, type Fate } from './judge.ts';
import { Ledger } from './ledger.ts';
import { publishSteadily } from './load.ts';
import { buildPlan, faultKinds, type Fault, type FaultKind } from './plan.ts';
import { buildTable, countFates, listViolations, type Report, type Row } from './report.ts';
import { findMissing } from './registrations.ts';
import { readGauges, settle } from './settle.ts';
import { Traffic } from './traffic.ts';
import { answerWithinMs, createWorld, type World } from './world.ts';

export interface ChaosOptions {
  readonly ms: number;
  readonly seed: number;
  readonly perSecond: number;
  readonly devices: number;
  readonly onFault?: (fault: Fault) => void;
}

/** Beyond `answer-within`: what a busy machine may need to notice. */
const graceMs = 5_000;

/** When a fault was on. */
interface Window {
  readonly kind: FaultKind;
  readonly from: number;
  to: number;
}

/** Load under faults, and then the ledger's balance. Settles when everything it started has ended. */
export async function runChaos(options: ChaosOptions): Promise<Report> {
  const world = await createWorld(2);
  try {
    return await runIn(world, options);
  } finally {
    await world.close();
  }
}

async function runIn(world: World, options: ChaosOptions): Promise<Report> {
  const ledger = new Ledger();
  const traffic = new Traffic(world, ledger);
  const [first] = world.instances;
  if (first === undefined) throw new Error('no instance');
  const nodes = await traffic.register(await first.up(), options.devices);
  const [homeless, windows] = await Promise.all([publishSteadily(world, traffic, nodes, options), breakThings(world, options)]);
  const waiting = await settle(world, traffic);
  const fates = judge(ledger, { waiting, deadlineMs: answerWithinMs + graceMs });
  const doubles = countDoubles(ledger);
  const gauges = waiting.size === 0 ? await readGauges(world) : 0;
  const missing = await findMissing(world, traffic, ledger, nodes);
  const wrong = [
    ...listViolations(fates),
    ...(missing.length > 0 ? [`${missing.length} registrations lost: ${missing.slice(0, 10).join(', ')}`] : []),
    ...(gauges > 0 ? [`reveille_deferred says ${gauges}, the database 0`] : []),
  ];
  const accepted = `${ledger.accepted.size} distinct pushes accepted; ${doubles.doubles} doubles: ${doubles.perMillion} per million`;
  const rest = `${homeless} publishes found no link; ${nodes.length - missing.length} of ${nodes.length} registrations alive; ${waiting.size} still wait`;
  const ends = `instances ended by themselves ${world.instances.reduce((sum, { unaskedEnds }) => sum + unaskedEnds, 0)} times`;
  const verdict = wrong.length === 0 ? 'Balanced: 0 lost.' : `NOT balanced:\n${wrong.join('\n')}`;
  return { text: [buildFaultTable(ledger, fates, windows), accepted, rest, ends, verdict].join('\n\n'), isBalanced: wrong.length === 0 };
}

/** Each fault at its time; settles when the last one is over. */
async function breakThings(world: World, { ms, seed, onFault }: ChaosOptions): Promise<readonly Window[]> {
  const startedAt = performance.now();
  const windows = buildPlan(seed, ms).map(async (fault) => {
    await new Promise((resolve) => setTimeout(resolve, startedAt + fault.atMs - performance.now()));
    onFault?.(fault);
    const from = performance.now();
    await inflict(fault, world);
    return { kind: fault.kind, from, to: performance.now() };
  });
  return Promise.all(windows);
}

/** A publish counts for every fault that was on, or had ended less than a second ago, when it was sent. */
function buildFaultTable(ledger: Ledger, judged: readonly Fate[], windows: readonly Window[]): string {
  const sent = ledger.publishes.slice(0, judged.length).map(({ id, sentAt }) => ({
    fate: judged[id] ?? 'lost',
    times: ledger.accepted.get(id) ?? 0,
    kinds: new Set(windows.filter(({ from, to }) => from <= sentAt && sentAt <= to + afterMs).map(({ kind }) => kind)),
  }));
  const row = (name: string, times: number, some: typeof sent): Row => [
    name,
    times,
    some.length,
    ...countFates(some.map(({ fate }) => fate)),
    some.reduce((sum, one) => sum + Math.max(0, one.times - 1), 0),
  ];
  const during = (kind: FaultKind) => sent.filter(({ kinds }) => kinds.has(kind));
  const times = (kind: FaultKind) => windows.filter((window) => window.kind === kind).length;
  const rows = faultKinds.map((kind) => row(kind, times(kind), during(kind)));
  const calm = sent.filter(({ kinds }) => kinds.size === 0);
  return buildTable(
    ['fault', 'times', 'publishes', ...fates, 'doubles'],
    [...rows, row('none', 0, calm), row('all', windows.length, sent)],
  );
}

const afterMs = 1_000;
