import { setTimeout as sleep } from 'node:timers/promises';
import type { Device } from './device.ts';
import type { Population } from './population.ts';
import type { Stage } from './stage/stage.ts';
import type { Traffic } from './traffic.ts';

const lookMs = 500;
/** The longest backoff of a push and the longest rest of a breaker are five minutes and one. */
const backlogLimitMs = 420_000;
const answerLimitMs = 60_000;
const pieceMs = 100;
const perPiece = 50;
const rounds = 3;

/** The load has stopped: settles when nothing waits in the database any more, or with the nodes for which something still does. */
export async function emptyBacklog({ backlog }: Stage, traffic: Traffic): Promise<ReadonlySet<string>> {
  await traffic.answered(answerLimitMs);
  const limit = performance.now() + backlogLimitMs;
  let waiting = await backlog.readNodes();
  while (waiting.size > 0 && performance.now() < limit) {
    await sleep(lookMs);
    waiting = await backlog.readNodes();
  }
  return waiting;
}

/**
 * The devices that should be registered and do not answer one more publish with a result. One refused as temporary is
 * asked again. What this publishes replaces what might be lost: the book is judged before.
 */
export async function findMissing(traffic: Traffic, population: Population): Promise<readonly Device[]> {
  let missing = population.alive;
  for (let round = 0; round < rounds && missing.length > 0; round += 1) {
    const first = traffic.book.length;
    for (let from = 0; from < missing.length; from += perPiece) {
      for (const device of missing.slice(from, from + perPiece)) traffic.publish(device, 'message');
      await sleep(pieceMs);
    }
    await traffic.answered(answerLimitMs);
    const answered = new Set<number>();
    for (let id = first; id < traffic.book.length; id += 1) {
      const entry = traffic.book.find(id);
      if (entry?.answer === 'result') answered.add(entry.device);
    }
    missing = missing.filter(({ index }) => !answered.has(index));
  }
  return missing;
}
