import { setTimeout as pause } from 'node:timers/promises';

const pollMs = 20;

/** Settles with the first value that isn't undefined or false; rejects naming `what` when that takes longer than `limitMs`. */
export async function waitFor<T>(what: string, look: () => T | undefined | false, limitMs = 30_000): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`waited ${limitMs / 1000} s for ${what}`);
    await pause(pollMs);
  }
}
