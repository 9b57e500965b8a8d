import { setTimeout as pause } from 'node:timers/promises';

const pollMs = 20;
/** Longer where the machine has other work. */
const patienceMs = Number(process.env['TEST_PATIENCE_MS'] ?? 30_000);

type Found<T> = T | undefined | false;

/** Settles with the first value that isn't undefined or false; rejects naming `what` when that takes longer than `limitMs`. */
export async function waitFor<T>(what: string, look: () => Found<T> | Promise<Found<T>>, limitMs = patienceMs): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`waited ${limitMs / 1000} s for ${what}`);
    await pause(pollMs);
  }
}
