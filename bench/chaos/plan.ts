import { createRandom, type Random } from '../base/random.ts';

/** What can be broken; one thing has one fault at a time, and time to recover. */
export type Part = 'instance-a' | 'instance-b' | 'database' | 'apns' | 'fcm';

interface Row {
  readonly parts: readonly Part[];
  readonly lastsMs: readonly [number, number];
  /** Until the same thing may have another fault. */
  readonly recoveryMs: number;
  /** How long after its end a waiting push may still be kept by it; undefined where it keeps none. */
  readonly holdsMs: number | undefined;
}

const instances = { parts: ['instance-a', 'instance-b'], recoveryMs: 4_000, holdsMs: 5_000 } as const;
/** Waiting pushes go out all the same. */
const links = { ...instances, holdsMs: undefined } as const;
const services = { parts: ['apns', 'fcm'], recoveryMs: 1_000, holdsMs: 5_000 } as const;
const session = { ...services, lastsMs: [2_000, 5_000] } as const;
/** Until the lease of a dead instance is over and somebody looks. */
const leaseMs = 25_000;
/** The push services ask for half a minute to a minute. */
const askedMs = 60_000;

/** Every fault, what it befalls and how long. */
export const faults = {
  'kill -9': { ...instances, lastsMs: [200, 3_000], holdsMs: leaseMs },
  SIGTERM: { ...instances, lastsMs: [200, 3_000] },
  'SIGSTOP, later SIGCONT': { ...instances, lastsMs: [2_000, 24_000] },
  'link reset': { ...links, lastsMs: [100, 100] },
  'link ended': { ...links, lastsMs: [100, 100] },
  'server stops reading': { ...links, lastsMs: [2_000, 8_000] },
  'clock ahead': { ...instances, lastsMs: [3_000, 12_000] },
  'clock behind': { ...instances, lastsMs: [3_000, 12_000] },
  'database restart': { parts: ['database'], lastsMs: [500, 5_000], recoveryMs: 4_000, holdsMs: 5_000 },
  'database kill -9': { parts: ['database'], lastsMs: [1_500, 1_500], recoveryMs: 4_000, holdsMs: 5_000 },
  'outage 503': { ...services, lastsMs: [3_000, 12_000] },
  'outage 429': { ...services, lastsMs: [3_000, 12_000], holdsMs: askedMs },
  'goaway 0': session,
  'goaway 7': session,
  'goaway 11': session,
  rst: session,
  fin: session,
  'half-open': session,
  freeze: session,
  silence: session,
  'close-stream': session,
} as const satisfies Readonly<Record<string, Row>>;

export type FaultKind = keyof typeof faults;
export const faultKinds = Object.keys(faults) as FaultKind[];
/** They need a library that not every machine has. */
export const clockFaults: ReadonlySet<FaultKind> = new Set(['clock ahead', 'clock behind']);

export interface Fault {
  readonly kind: FaultKind;
  readonly part: Part;
  /** Since the start of the load. */
  readonly atMs: number;
  readonly lastsMs: number;
  /** How many requests it is done to, where it is done to requests. */
  readonly times: number;
  /** How far the clock jumps, where it does. */
  readonly jumpMs: number;
}

const minuteMs = 60_000;
/** Within what is taken for the time on the way, more than a call lives, more than credentials may be off, more than a message lives. */
const jumps = [
  [2_000, 14_000],
  [minuteMs, minuteMs],
  [10 * minuteMs, 10 * minuteMs],
  [2 * 60 * minuteMs, 8 * 60 * minuteMs],
] as const;
const quietMs = 1_000;
const gapMs = [700, 2_500] as const;

/** The faults of a run: the same for the same seed. Each kind comes once before any comes again, as far as time allows. */
export function buildPlan(seed: number, totalMs: number, kinds: readonly FaultKind[] = faultKinds): readonly Fault[] {
  const random = createRandom(seed);
  const plan: Fault[] = [];
  const freeAt = new Map<Part, number>();
  const drawRange = createBag<readonly [number, number]>(jumps, random);
  let bag: FaultKind[] = [];
  for (let atMs = quietMs; atMs < totalMs; atMs += random.between(gapMs[0], gapMs[1])) {
    if (bag.length === 0) bag = random.shuffle(kinds);
    const found = findVictim(bag, atMs, freeAt, random);
    if (found === undefined) continue;
    const { kind, part } = found;
    const [least, most] = faults[kind].lastsMs;
    const lastsMs = random.between(least, most);
    if (atMs + lastsMs > totalMs) continue;
    bag.splice(bag.indexOf(kind), 1);
    freeAt.set(part, atMs + lastsMs + faults[kind].recoveryMs);
    const jumpMs = clockFaults.has(kind) ? random.between(...drawRange()) : 0;
    plan.push({ kind, part, atMs, lastsMs, times: random.between(1, 5), jumpMs });
  }
  return plan;
}

/** The first of the bag that finds something unharmed. */
function findVictim(
  bag: readonly FaultKind[],
  atMs: number,
  freeAt: ReadonlyMap<Part, number>,
  random: Random,
): Pick<Fault, 'kind' | 'part'> | undefined {
  for (const kind of bag) {
    const free = faults[kind].parts.filter((part) => (freeAt.get(part) ?? 0) <= atMs);
    const part = free[random.below(free.length)];
    if (part !== undefined) return { kind, part };
  }
  return undefined;
}

/** Each once before any comes again. */
function createBag<T>(all: readonly [T, ...T[]], random: Random): () => T {
  let bag: T[] = [];
  return () => {
    if (bag.length === 0) bag = random.shuffle(all);
    return bag.pop() ?? all[0];
  };
}
