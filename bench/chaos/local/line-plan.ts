import { createRandom } from '../../base/random.ts';

/** What befalls the connection of one phone. */
export const lineFaults = {
  /** Cut; the phone notices at once. */
  drop: [0, 0],
  /** Nothing comes through in either direction, and nobody is told; the phone comes back when it sees another network. */
  'half-open': [4_000, 16_000],
  /** The phone gets everything, and nothing that it says comes through. */
  unheard: [4_000, 10_000],
  /** No network at all. */
  away: [2_000, 12_000],
  /** The phone leaves its connection for a new one. */
  'change of network': [0, 0],
  /** The phone acknowledges when it is too late. */
  'late answers': [5_000, 15_000],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;

export type LineFaultKind = keyof typeof lineFaults;
export const lineFaultKinds = Object.keys(lineFaults) as LineFaultKind[];

export interface LineFault {
  readonly kind: LineFaultKind;
  /** Counted from 0. */
  readonly phone: number;
  /** Since the start of the load. */
  readonly atMs: number;
  readonly lastsMs: number;
}

const quietMs = 1_000;
const gapMs = [3_000, 12_000] as const;

/** Its numbers are of another stream than those of the plan for everything else: that stays as it is, with and without phones. */
export function createLineRandom(seed: number, stream: number): ReturnType<typeof createRandom> {
  return createRandom(Math.imul(seed, 0x85ebca6b) ^ Math.imul(stream + 1, 0xc2b2ae35));
}

/** The faults of every phone's line: the same for the same seed; one after the other for each phone, all over in time. */
export function buildLinePlan(seed: number, totalMs: number, phones: number): readonly LineFault[] {
  const random = createLineRandom(seed, 0);
  const plan = Array.from({ length: phones }, (_, phone) => {
    const faults: LineFault[] = [];
    for (let atMs = random.between(quietMs, quietMs + gapMs[1]); ;) {
      const kind = lineFaultKinds[random.below(lineFaultKinds.length)] ?? 'drop';
      const [least, most] = lineFaults[kind];
      const lastsMs = random.between(least, most);
      if (atMs + lastsMs > totalMs) return faults;
      faults.push({ kind, phone, atMs, lastsMs });
      atMs += lastsMs + random.between(...gapMs);
    }
  });
  return plan.flat().sort((a, b) => a.atMs - b.atMs);
}
