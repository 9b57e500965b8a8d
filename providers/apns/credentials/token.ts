import { sign, type KeyObject } from 'node:crypto';

const minuteMs = 60_000;
/** Apple answers TooManyProviderTokenUpdates to a new token within 20 minutes, and ExpiredProviderToken after an hour. */
const youngestReplacedMs = 20 * minuteMs;
const lifeMs = 40 * minuteMs;
const jitterMs = 10 * minuteMs;
/** Two clocks that go apart by more were not both left alone. */
const mostDriftMs = minuteMs;

/** Provider authentication tokens of one key (JWT, ES256): the same one for every request until it is 40 to 50 minutes old. */
export interface ProviderToken {
  /** `bearer <jwt>`, the value of the authorization header. */
  bearer(): string;
  /**
   * Apple called the token expired or invalid: the next one will be new, unless this one is younger than 20 minutes. Where
   * the machine's clock was set since it was signed, that is why, and another is signed at once.
   */
  expire(): void;
}

export interface SigningKey {
  readonly key: KeyObject;
  readonly keyId: string;
  readonly teamId: string;
}

/** The machine's clock, and one that nobody can set; both in milliseconds. */
export interface Clocks {
  readonly now: () => number;
  readonly steady: () => number;
}

const usualClocks: Clocks = { now: Date.now, steady: () => performance.now() };

/** A token ages by the steady clock: each new one within 20 minutes stops pushes for a while. */
export function createProviderToken(signingKey: SigningKey, { now, steady }: Clocks = usualClocks): ProviderToken {
  let value = '';
  let signed = { now: 0, steady: -Infinity };
  let renewAt = -Infinity;
  const wasClockSet = () => Math.abs(now() - signed.now - (steady() - signed.steady)) > mostDriftMs;
  return {
    bearer() {
      if (steady() < renewAt) return value;
      signed = { now: now(), steady: steady() };
      value = `bearer ${buildToken(signingKey, signed.now)}`;
      renewAt = signed.steady + lifeMs + Math.random() * jitterMs;
      return value;
    },
    expire() {
      renewAt = wasClockSet() ? -Infinity : Math.min(renewAt, signed.steady + youngestReplacedMs);
    },
  };
}

function buildToken({ key, keyId, teamId }: SigningKey, now: number): string {
  const head = encode(JSON.stringify({ alg: 'ES256', kid: keyId }));
  const claims = encode(JSON.stringify({ iss: teamId, iat: Math.floor(now / 1000) }));
  const signature = sign('sha256', Buffer.from(`${head}.${claims}`), { key, dsaEncoding: 'ieee-p1363' });
  return `${head}.${claims}.${signature.toString('base64url')}`;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
