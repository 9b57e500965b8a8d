import { createRandom, type Random } from './random.ts';

/** What can be broken; one thing has one fault at a time, and time to recover. */
export type Part = 'instance-a' | 'instance-b' | 'database' | 'apns' | 'fcm';

type Row = { readonly parts: readonly Part[]; readonly lastsMs: readonly [number, number]; readonly recoveryMs: number };

const instances = { parts: ['instance-a', 'instance-b'], recoveryMs: 4_000 } as const;
const services = { parts: ['apns', 'fcm'], recoveryMs: 1_000 } as const;
const session = { ...services, lastsMs: [2_000, 5_000] } as const;

/** Every fault, what it befalls and how long. */
export const faults = {
  'kill -9': { ...instances, lastsMs: [200, 3_000] },
  SIGTERM: { ...instances, lastsMs: [200, 3_000] },
  'SIGSTOP, later SIGCONT': { ...instances, lastsMs: [2_000, 24_000] },
  'link reset': { ...instances, lastsMs: [100, 100] },
  'link ended': { ...instances, lastsMs: [100, 100] },
  'server stops reading': { ...instances, lastsMs: [2_000, 8_000] },
  'database restart': { parts: ['database'], lastsMs: [500, 5_000], recoveryMs: 4_000 },
  'database kill -9': { parts: ['database'], lastsMs: [1_500, 1_500], recoveryMs: 4_000 },
  'outage 503': { ...services, lastsMs: [3_000, 12_000] },
  'outage 429': { ...services, lastsMs: [3_000, 12_000] },
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

export interface Fault {
  readonly kind: FaultKind;
  readonly part: Part;
  /** Since the start of the load. */
  readonly atMs: number;
  readonly lastsMs: number;
  /** How many requests it is done to, where it is done to requests. */
  readonly times: number;
}

const quietMs = 1_000;
const gapMs = [700, 2_500] as const;

/** The faults of a run: the same for the same seed. Each kind comes once before any comes again, as far as time allows. */
export function buildPlan(seed: number, totalMs: number): readonly Fault[] {
  const random = createRandom(seed);
  const plan: Fault[] = [];
  const freeAt = new Map<Part, number>();
  let bag: FaultKind[] = [];
  for (let atMs = quietMs; atMs < totalMs; atMs += random.between(gapMs[0], gapMs[1])) {
    if (bag.length === 0) bag = random.shuffle(faultKinds);
    const fault = draw(bag, atMs, freeAt, random);
    if (fault === undefined || fault.atMs + fault.lastsMs > totalMs) continue;
    bag.splice(bag.indexOf(fault.kind), 1);
    freeAt.set(fault.part, atMs + fault.lastsMs + faults[fault.kind].recoveryMs);
    plan.push(fault);
  }
  return plan;
}

/** The first of the bag that finds something unharmed. */
function draw(bag: readonly FaultKind[], atMs: number, freeAt: ReadonlyMap<Part, number>, random: Random): Fault | undefined {
  for (const kind of bag) {
    const { parts, lastsMs } = faults[kind];
    const free = parts.filter((part) => (freeAt.get(part) ?? 0) <= atMs);
    const part = free[random.below(free.length)];
    if (part !== undefined) return { kind, part, atMs, lastsMs: random.between(lastsMs[0], lastsMs[1]), times: random.between(1, 5) };
  }
  return undefined;
}
