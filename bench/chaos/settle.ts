import { setTimeout as sleep } from 'node:timers/promises';
import type { Traffic } from './traffic.ts';
import type { World } from './world/world.ts';

const lookMs = 500;
/** The longest backoff of a push and the longest rest of a breaker are five minutes and one. */
const backlogLimitMs = 420_000;
/** Gauges show the last look, which is a few seconds old. */
const gaugeLimitMs = 30_000;

/** After the last fault: settles when no push waits in the database any more, or with those that still do. */
export async function settle(world: World, traffic: Traffic): Promise<ReadonlySet<string>> {
  for (const service of Object.values(world.services)) service.behave();
  for (const instance of world.instances) await instance.up();
  await traffic.answered(backlogLimitMs);
  const limit = performance.now() + backlogLimitMs;
  let waiting = await world.database.readWaiting();
  while (waiting.size > 0 && performance.now() < limit) {
    await sleep(lookMs);
    waiting = await world.database.readWaiting();
  }
  traffic.collect();
  return waiting;
}

/** What the instances themselves say of their backlog, once it agrees with the empty database or does not in time. */
export async function readGauges(world: World): Promise<number> {
  const limit = performance.now() + gaugeLimitMs;
  for (;;) {
    const counts = await Promise.all(world.instances.map((instance) => instance.readDeferred()));
    const sum = counts.reduce((a, b) => a + b, 0);
    if (sum === 0 || performance.now() > limit) return sum;
    await sleep(lookMs);
  }
}
