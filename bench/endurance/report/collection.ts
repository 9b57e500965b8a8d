import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reveille } from '../stage/reveille.ts';
import { readRssMb } from './sampler.ts';

const limitMs = 60_000;
/** Freed pages go back to the kernel a moment later. */
const restMs = 1_000;

/** The process right after a full garbage collection: what is left is in use. */
export interface Collected {
  readonly rssMb: number;
  readonly heapMb: number;
}

/**
 * Has the process collect its garbage, and looks. Between two collections memory swings by a third, over minutes and at
 * its own pace, so two moments can only be compared like this.
 */
export async function collectGarbage({ pid, openInspector }: Reveille): Promise<Collected> {
  const socket = new WebSocket(await openInspector());
  try {
    await once(socket, 'open', { signal: AbortSignal.timeout(limitMs) });
    await ask(socket, 1, 'HeapProfiler.collectGarbage');
    await sleep(restMs);
    const { usedSize } = await ask(socket, 2, 'Runtime.getHeapUsage');
    return { rssMb: readRssMb(pid), heapMb: Number(usedSize) / 1024 / 1024 };
  } finally {
    socket.close();
  }
}

/** One command of the Chrome DevTools protocol. */
async function ask(socket: WebSocket, id: number, method: string): Promise<Readonly<Record<string, unknown>>> {
  const answered = once(socket, 'message', { signal: AbortSignal.timeout(limitMs) }) as Promise<[{ readonly data: string }]>;
  socket.send(JSON.stringify({ id, method }));
  const [{ data }] = await answered;
  return (JSON.parse(data) as { readonly result: Readonly<Record<string, unknown>> }).result;
}
