/** How long things on a line may take. */
export interface LineTiming {
  /** After so much silence the device is asked; after half as long again it is given up. */
  readonly keepAliveMs: number;
  /** For the acknowledgement of a push. */
  readonly answerWithinMs: number;
  /** For the proof. */
  readonly handshakeMs: number;
  /** After a push was not acknowledged: how long the device has for saying anything at all. */
  readonly doubtMs: number;
  /** How often silence is looked for. */
  readonly lookMs: number;
}

const handshakeMs = 10_000;
const longestDoubtMs = 10_000;
const longestLookMs = 5_000;

export function buildTiming({ keepAliveMs, answerWithinMs }: Pick<LineTiming, 'keepAliveMs' | 'answerWithinMs'>): LineTiming {
  const lookMs = Math.min(longestLookMs, keepAliveMs / 8);
  return { keepAliveMs, answerWithinMs, handshakeMs, doubtMs: Math.min(longestDoubtMs, keepAliveMs / 2), lookMs };
}
