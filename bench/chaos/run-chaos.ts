import { findFakeTime, type FakeTime } from './world/clock.ts';
import { describeEnd, isWithoutDatabase } from './world/ends.ts';
import { buildFaultTable, listFaults } from './report/fault-table.ts';
import { inflict } from './inflict.ts';
import { countDoubles, countLateCalls, judge } from './report/judge.ts';
import { Ledger } from './report/ledger.ts';
import { countSingles, listLocal, publishSteadily, type Nodes } from './load.ts';
import { buildLinePlan, lineFaultKinds, type LineFault } from './local/line-plan.ts';
import { Phones } from './local/phones.ts';
import { LocalBook } from './report/local-book.ts';
import { buildPlan, clockFaults, faultKinds, type Fault } from './plan.ts';
import { buildReport, listViolations, type Report } from './report/report.ts';
import { buildStalenessTable, listFaultyCauses, type InstanceWrite } from './report/staleness.ts';
import { findMissing } from './registrations.ts';
import { readGauges, settle } from './settle.ts';
import { Traffic } from './traffic.ts';
import type { Window } from './report/windows.ts';
import { answerWithinMs, callMs, createWorld, type World } from './world/world.ts';

export interface ChaosOptions {
  readonly ms: number;
  readonly seed: number;
  readonly perSecond: number;
  readonly devices: number;
  readonly onFault?: (fault: Fault) => void;
}

/** Beyond `answer-within`: what a busy machine may need to notice. */
const graceMs = 5_000;

/** Load under faults, and then the ledger's balance. Settles when everything it started has ended. */
export async function runChaos(options: ChaosOptions): Promise<Report> {
  const fakeTime = await findFakeTime();
  const world = await createWorld(2, 'library' in fakeTime ? fakeTime.library : undefined);
  try {
    const { text, isBalanced } = await runIn(world, options, buildFaults(options, fakeTime));
    const missing = 'absent' in fakeTime ? `No clock jumped: ${fakeTime.absent}\n\n` : '';
    return { text: `${missing}${text}`, isBalanced };
  } finally {
    await world.close();
  }
}

function buildFaults({ seed, ms }: ChaosOptions, fakeTime: FakeTime): readonly Fault[] {
  const kinds = 'absent' in fakeTime ? faultKinds.filter((kind) => !clockFaults.has(kind)) : faultKinds;
  return buildPlan(seed, ms, kinds);
}

async function runIn(world: World, options: ChaosOptions, plan: readonly Fault[]): Promise<Report> {
  const ledger = new Ledger();
  const traffic = new Traffic(world, ledger);
  const [first] = world.instances;
  if (first === undefined) throw new Error('no instance');
  const all = await traffic.register(await first.up(), options.devices + countSingles(options));
  const nodes = { ordinary: all.slice(0, options.devices), single: all.slice(options.devices) };
  const book = new LocalBook();
  const identities = listLocal(nodes).map((node) => ({ node, secret: traffic.secrets.get(node) ?? '' }));
  const phones = await Phones.open(identities, { world, ledger, book, seed: options.seed });
  try {
    return await runWith(phones, book, { world, options, plan, ledger, traffic, all, nodes });
  } finally {
    phones.close();
  }
}

/** What a run has when its devices are registered. */
interface Run {
  readonly world: World;
  readonly options: ChaosOptions;
  readonly plan: readonly Fault[];
  readonly ledger: Ledger;
  readonly traffic: Traffic;
  readonly all: readonly string[];
  readonly nodes: Nodes;
}

async function runWith(phones: Phones, book: LocalBook, { world, options, plan, ledger, traffic, all, nodes }: Run): Promise<Report> {
  traffic.onTaken = ({ marker, pushId }) => phones.brought(ledger.publishes[marker]?.node, marker, pushId);
  const linePlan = buildLinePlan(options.seed, options.ms, phones.count);
  const [homeless, windows] = await Promise.all([
    publishSteadily(world, traffic, nodes, options),
    breakThings(world, plan, options.onFault),
    breakLines(phones, linePlan),
  ]);
  const waiting = await settle(world, traffic);
  const judged = judge(ledger, { waiting, deadlineMs: answerWithinMs + graceMs, expiry: { windows, callMs } });
  // Before what is asked of each device at the end comes into the ledger.
  const run = { ledger, writes: listWrites(world), windows, callMs, stale: traffic.stale };
  const told = [
    buildFaultTable(ledger, judged, windows),
    countAccepted(ledger, traffic.stale.length),
    buildStalenessTable(run),
    describePhones(phones, linePlan),
    book.buildTable(ledger, judged.length),
  ];
  const tooLate = listFaultyCauses(run);
  const gauges = waiting.size === 0 ? await readGauges(world) : 0;
  const missing = await findMissing(world, traffic, ledger, all);
  const ends = world.instances.flatMap((instance) => instance.ends);
  const faulty = ends.filter((end) => !isWithoutDatabase(end));
  const wrong = [
    ...listViolations(judged, (id) => describePublish(ledger, windows, id)),
    ...tooLate,
    ...book.listViolations(ledger),
    ...(phones.stopped.length > 0 ? [`${phones.stopped.length} phones gave up: ${[...new Set(phones.stopped)].join(', ')}`] : []),
    ...(missing.length > 0 ? [`${missing.length} registrations lost: ${missing.slice(0, 10).join(', ')}`] : []),
    ...(gauges > 0 ? [`reveille_deferred says ${gauges}, the database 0`] : []),
    ...(faulty.length > 0 ? [`${faulty.length} instances ended that should not have`] : []),
  ];
  const rest = `${homeless} publishes found no link; ${all.length - missing.length} of ${all.length} registrations alive; ${waiting.size} still wait`;
  const endings = [`instances ended by themselves ${ends.length} times`, ...ends.map(describeEnd)].join('\n');
  return buildReport([...told, rest, endings], wrong);
}

function listWrites({ instances }: World): readonly InstanceWrite[] {
  const parts = ['instance-a', 'instance-b'] as const;
  return parts.flatMap((part, index) => (instances[index]?.readWrites() ?? []).map((write) => ({ ...write, part })));
}

function countAccepted(ledger: Ledger, stale: number): string {
  const { doubles, perMillion } = countDoubles(ledger);
  const late = countLateCalls(ledger, callMs);
  return (
    `${ledger.accepted.size} distinct pushes accepted; ${doubles} doubles: ${perMillion} per million\n` +
    `accepted when their time was over: ${stale} by what they said themselves, ${late} calls by the clock of this run`
  );
}

/** For whoever looks for the cause. */
function describePublish(ledger: Ledger, windows: readonly Window[], id: number): string {
  const publish = ledger.publishes[id];
  if (publish === undefined) return '';
  const { kind, service, link, sentAt } = publish;
  return `${kind}, ${service}, link ${link}, during ${[...listFaults(windows, sentAt)].join(' + ') || 'nothing'}`;
}

function describePhones({ count, connections }: Phones, plan: readonly LineFault[]): string {
  const faults = lineFaultKinds.map((kind) => `${kind} ${plan.filter((fault) => fault.kind === kind).length}`).join(', ');
  return `local push: ${count} phones, ${connections} connections; ${faults}`;
}

/** Each at its time; settles when the last one is over. */
async function breakLines(phones: Phones, plan: readonly LineFault[]): Promise<void> {
  const startedAt = performance.now();
  await Promise.all(
    plan.map(async (fault) => {
      await waitUntil(startedAt + fault.atMs);
      await phones.inflict(fault);
    }),
  );
}

/** By the clock of `performance.now()`. */
async function waitUntil(at: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, at - performance.now()));
}

/** Each fault at its time; settles when the last one is over. */
async function breakThings(world: World, plan: readonly Fault[], onFault: ChaosOptions['onFault']): Promise<readonly Window[]> {
  const startedAt = performance.now();
  const windows = plan.map(async (fault) => {
    await waitUntil(startedAt + fault.atMs);
    onFault?.(fault);
    const from = performance.now();
    await inflict(fault, world);
    const { kind, part, jumpMs } = fault;
    return { kind, part, jumpMs, from, to: performance.now() };
  });
  return Promise.all(windows);
}
