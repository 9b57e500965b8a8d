/** Why a stream ended or did not come about, as far as it decides how long to wait. */
export type LinkTrouble = 'conflict' | 'configuration' | 'shutdown' | 'lost';

/** Why a stream is over. */
export interface StreamEnd {
  readonly trouble: LinkTrouble;
  /** For the log and for `readyz`; free of secrets. */
  readonly reason: string;
}

/** Stream error conditions (RFC 6120 §4.9.3) that say more than "connection lost". */
const troubles: Readonly<Record<string, LinkTrouble>> = {
  conflict: 'conflict',
  'not-authorized': 'configuration',
  'host-unknown': 'configuration',
  'host-gone': 'configuration',
  'invalid-namespace': 'configuration',
  'system-shutdown': 'shutdown',
  reset: 'shutdown',
};

const hints: Readonly<Record<string, string>> = {
  conflict: 'another instance is connected under this name',
  'not-authorized': 'the server refused the secret',
  'host-unknown': 'the server does not know this component domain',
};

/** Puts what ended a stream into one line; `error` is undefined where the peer closed without a word. */
export function describeTrouble(error: unknown, stage: string): StreamEnd {
  const condition = conditionOf(error);
  if (condition !== undefined) return { trouble: troubles[condition] ?? 'lost', reason: `stream error ${condition}${withHint(condition)}` };
  // COMPAT(Tigase): a wrong secret is answered by closing the socket, without a stream error.
  if (stage === 'authenticating' && isSilentClose(error)) {
    return { trouble: 'configuration', reason: 'the server closed the connection after the handshake: the secret may be wrong' };
  }
  if (error === undefined) return { trouble: 'lost', reason: 'the server closed the connection' };
  return { trouble: 'lost', reason: error instanceof Error ? error.message : 'unknown trouble' };
}

function conditionOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('condition' in error)) return undefined;
  return typeof error.condition === 'string' ? error.condition : undefined;
}

function isSilentClose(error: unknown): boolean {
  return error === undefined || (error instanceof Error && 'code' in error && error.code === 'ECONNRESET');
}

function withHint(condition: string): string {
  const hint = hints[condition];
  return hint === undefined ? '' : `: ${hint}`;
}
