import { setTimeout as sleep } from 'node:timers/promises';
import type { Traffic } from './traffic.ts';
import type { World } from './world.ts';

const tickMs = 10;
/** Publishes over one link before the next one has its turn: each device is reached over all of them. */
const linkTurn = 7;

/** Publishes at a steady rate for that long, over whichever links are up, and reads what is accepted; settles with how many found no link. */
export async function publishSteadily(world: World, traffic: Traffic, nodes: readonly string[], load: Load): Promise<number> {
  const startedAt = performance.now();
  let homeless = 0;
  let sent = 0;
  for (let at = 0; at < load.ms; at = performance.now() - startedAt) {
    for (const due = Math.floor((at * load.perSecond) / 1000); sent < due; sent += 1) {
      const links = world.instances.flatMap(({ link }) => link ?? []);
      const link = links[Math.floor(sent / linkTurn) % links.length];
      if (link === undefined) homeless += 1;
      else traffic.publish(pick(nodes, sent), link);
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

/** Half of the traffic goes to a tenth of the devices, so that pushes replace each other there, and hardly do so elsewhere. */
function pick(nodes: readonly string[], number: number): string {
  const busy = Math.ceil(nodes.length / 10);
  const turn = Math.floor(number / 2);
  const index = number % 2 === 0 ? turn % busy : busy + (turn % (nodes.length - busy));
  return nodes[index] ?? '';
}
