import { setTimeout as sleep } from 'node:timers/promises';
import type { PushKind } from './report/ledger.ts';
import type { Traffic } from './traffic.ts';
import type { World } from './world/world.ts';

const tickMs = 10;
/** Publishes over one link before the next one has its turn: each device is reached over all of them. */
const linkTurn = 7;

/** Publishes at a steady rate for that long, over whichever links are up, and reads what is accepted; settles with how many found no link. */
export async function publishSteadily(world: World, traffic: Traffic, nodes: Nodes, load: Load): Promise<number> {
  const startedAt = performance.now();
  let homeless = 0;
  let sent = 0;
  for (let at = 0; at < load.ms; at = performance.now() - startedAt) {
    for (const due = Math.floor((at * load.perSecond) / 1000); sent < due; sent += 1) {
      const links = world.instances.flatMap(({ link }) => link ?? []);
      const link = links[Math.floor(sent / linkTurn) % links.length];
      if (link === undefined) homeless += 1;
      else traffic.publish(pick(nodes, sent), link, kindOf(sent));
    }
    traffic.collect();
    await sleep(tickMs);
  }
  return homeless;
}

export interface Load {
  readonly ms: number;
  readonly perSecond: number;
}

/** Who is published to. */
export interface Nodes {
  readonly ordinary: readonly string[];
  /** Each of them once: there nothing can be replaced. */
  readonly single: readonly string[];
}

/** One publish in so many goes to a device that gets nothing else. */
const singleEvery = 10;

/** How many such devices a load needs. */
export function countSingles({ ms, perSecond }: Load): number {
  return Math.ceil((ms * perSecond) / 1000 / singleEvery);
}

/** Of the rest half goes to a tenth of the devices, so that pushes replace each other there, and hardly do so elsewhere. */
function pick({ ordinary, single }: Nodes, number: number): string {
  if (number % singleEvery === 0) return single[number / singleEvery] ?? '';
  const busy = countBusy(ordinary);
  const turn = Math.floor(number / 2);
  const index = number % 2 === 0 ? turn % busy : busy + (turn % (ordinary.length - busy));
  return ordinary[index] ?? '';
}

/** Of every so many devices of each sort one keeps a connection of its own. */
const localEvery = { busy: 2, quiet: 16, single: 32 } as const;

/** Devices that keep a connection of their own beside their push service. */
export function listLocal({ ordinary, single }: Nodes): readonly string[] {
  const busy = countBusy(ordinary);
  const every = (nodes: readonly string[], many: number) => nodes.filter((_, index) => index % many === 0);
  const { busy: ofBusy, quiet, single: ofSingle } = localEvery;
  return [...every(ordinary.slice(0, busy), ofBusy), ...every(ordinary.slice(busy), quiet), ...every(single, ofSingle)];
}

function countBusy(ordinary: readonly string[]): number {
  return Math.ceil(ordinary.length / 10);
}

/** Of twenty publishes fourteen are messages, three calls, three updates; in no step with whom they go to. */
function kindOf(number: number): PushKind {
  const part = (Math.imul(number + 1, 0x9e3779b1) >>> 16) % 20;
  if (part < 14) return 'message';
  return part < 17 ? 'call' : 'update';
}
