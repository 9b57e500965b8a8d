import { setTimeout as sleep } from 'node:timers/promises';
import { describeEnd, isWithoutDatabase } from './world/ends.ts';
import { countDoubles, fates, judge } from './report/judge.ts';
import { Ledger } from './report/ledger.ts';
import { createRandom, type Random } from '../base/random.ts';
import { buildReport, buildTable, countFates, listViolations, type Report, type Row } from './report/report.ts';
import { settle } from './settle.ts';
import { Traffic } from './traffic.ts';
import { createWorld, type World } from './world/world.ts';
import type { Service } from './world/services.ts';

export interface KillOptions {
  readonly kills: number;
  readonly burst: number;
  readonly seed: number;
  readonly onRun?: (run: number) => void;
}

/** One burst that was cut short. */
interface Run {
  readonly killedAfter: number;
  /** Ids of its publishes: from the first to before the last. */
  readonly first: number;
  readonly end: number;
}

/** Publishes for each device of a burst: few replace each other. */
const perDevice = 4;
const warmLimitMs = 60_000;
const lookMs = 2;
/** An instance that is killed answers at once or never. */
const deadlineMs = 60_000;

/** Bursts that end with kill -9, one after the other on devices of their own, and then the ledger's balance. */
export async function runKills(options: KillOptions): Promise<Report> {
  const world = await createWorld(1);
  try {
    return await runIn(world, options);
  } finally {
    await world.close();
  }
}

async function runIn(world: World, options: KillOptions): Promise<Report> {
  const ledger = new Ledger();
  const traffic = new Traffic(world, ledger);
  const random = createRandom(options.seed);
  const runs: Run[] = [];
  for (let run = 1; run <= options.kills; run += 1) {
    options.onRun?.(run);
    runs.push(await killOnce(world, traffic, ledger, { burst: options.burst, random }));
  }
  const waiting = await settle(world, traffic);
  const judged = judge(ledger, { waiting, deadlineMs });
  const row = (name: string, killedAfter: number | string, from: number, to: number): Row => {
    const results = ledger.publishes.slice(from, to).filter(({ end }) => end?.answer.kind === 'result').length;
    return [name, killedAfter, to - from, results, ...countFates(judged.slice(from, to))];
  };
  const rows = runs.map(({ killedAfter, first, end }, index) => row(String(index + 1), killedAfter, first, end));
  const table = buildTable(['run', 'killed after', 'publishes', 'result', ...fates], [...rows, row('all', '', 0, judged.length)]);
  const { doubles, perMillion } = countDoubles(ledger);
  const ends = world.instances.flatMap((instance) => instance.ends);
  const endings = [`instances ended by themselves ${ends.length} times`, ...ends.map(describeEnd)].join('\n');
  const wrong = [...listViolations(judged), ...ends.filter((end) => !isWithoutDatabase(end)).map(describeEnd)];
  return buildReport([table, `${doubles} doubles: ${perMillion} per million`, endings], wrong);
}

async function killOnce(world: World, traffic: Traffic, ledger: Ledger, { burst, random }: BurstOptions): Promise<Run> {
  const [instance] = world.instances;
  if (instance === undefined) throw new Error('no instance');
  const link = await instance.up();
  for (const service of Object.values(world.services)) service.behave();
  const first = ledger.publishes.length;
  const nodes = await traffic.register(link, Math.ceil(burst / perDevice));
  // So that devices are known, and publishes are worked on in the order in which they come.
  for (const node of nodes) traffic.publish(node, link);
  await traffic.answered(warmLimitMs);
  for (const service of Object.values(world.services)) refuseSome(service, burst, random);
  const killedAfter = random.between(Math.ceil(burst / 50), Math.floor(burst * 0.7));
  for (let index = 0; index < burst; index += 1) traffic.publish(nodes[index % nodes.length] ?? '', link);
  while (burst - ledger.open < killedAfter) await sleep(lookMs);
  await instance.end('SIGKILL');
  traffic.collect();
  instance.start();
  return { killedAfter, first, end: ledger.publishes.length };
}

interface BurstOptions {
  readonly burst: number;
  readonly random: Random;
}

/** In turn it accepts some and refuses some; a row of refusals that is long enough opens the breaker. */
function refuseSome(service: Service, requests: number, random: Random): void {
  let accepted = 0;
  for (let planned = 0; planned < requests;) {
    const times = random.between(1, 14);
    accepted += random.between(1, 40);
    service.refuse(503, { after: accepted, times });
    planned = accepted + times;
  }
}
