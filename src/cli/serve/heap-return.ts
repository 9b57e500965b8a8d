/** How often it is looked at whether a load is over. */
const lookEveryMs = 10_000;
/** Who works less than this part of the time is not under load: a few hundred pushes a second at most. */
const quietLoad = 0.05;
/** A collection stops everything for some 50 ms, and for longer where much is in use: what it brings must be worth that, and it must not come often. */
const worthBytes = 40 * 1024 * 1024;
const restMs = 60_000;

export interface HeapParts {
  /** Collects everything, and gives back to the system what is not in use. */
  readonly collect: () => void;
  /** How many bytes the heap has, in use or not. */
  readonly readSize: () => number;
  /** The part of the time that was spent working since the last call, 0 to 1. */
  readonly readLoad: () => number;
  /** A steady clock, in ms. */
  readonly now: () => number;
}

/**
 * Gives back what the heap grew to under a load, once the load is over. V8 does so by itself after some loads and not after others
 * (docs/performance.md, "After a load").
 */
export function createReturn({ collect, readSize, readLoad, now }: HeapParts) {
  let keptBytes = 0;
  let collectedAt = -Infinity;

  function collectAll(): void {
    collect();
    keptBytes = readSize();
    collectedAt = now();
  }

  function look(): void {
    const isQuiet = readLoad() < quietLoad;
    if (isQuiet && now() - collectedAt >= restMs && readSize() - keptBytes >= worthBytes) collectAll();
  }

  return {
    /** Collects, and looks from now on until the process ends, which it does not keep alive. */
    start(): void {
      collectAll();
      setInterval(look, lookEveryMs).unref();
    },
    /** What is done every ten seconds. */
    look,
  };
}
