import { sign, type KeyObject } from 'node:crypto';

const minuteMs = 60_000;
/** Apple answers TooManyProviderTokenUpdates to a new token within 20 minutes, and ExpiredProviderToken after an hour. */
const youngestReplacedMs = 20 * minuteMs;
const lifeMs = 40 * minuteMs;
const jitterMs = 10 * minuteMs;

/** Provider authentication tokens of one key (JWT, ES256): the same one for every request until it is 40 to 50 minutes old. */
export interface ProviderToken {
  /** `bearer <jwt>`, the value of the authorization header. */
  bearer(): string;
  /** Apple called the token expired: the next one will be new, unless this one is younger than 20 minutes. */
  expire(): void;
}

export interface SigningKey {
  readonly key: KeyObject;
  readonly keyId: string;
  readonly teamId: string;
}

export function createProviderToken(signingKey: SigningKey, clock: () => number = Date.now): ProviderToken {
  let value = '';
  let madeAt = -Infinity;
  let renewAt = -Infinity;
  return {
    bearer() {
      const now = clock();
      // A clock set back would keep a token past its hour.
      if (now >= renewAt || now < madeAt) {
        value = `bearer ${buildToken(signingKey, now)}`;
        madeAt = now;
        renewAt = now + lifeMs + Math.random() * jitterMs;
      }
      return value;
    },
    expire() {
      renewAt = Math.min(renewAt, madeAt + youngestReplacedMs);
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
