import { verify, type KeyObject } from 'node:crypto';
import { parseJwt } from '../jwt.ts';
import { buildRefusal, type Refusal } from './refusal.ts';

const minuteMs = 60_000;
const oldestMs = 60 * minuteMs;
const betweenTokensMs = 20 * minuteMs;

/** A token signing key that the sandbox knows, with the team it belongs to. */
export interface KnownKey {
  readonly keyId: string;
  readonly teamId: string;
  readonly publicKey: KeyObject;
}

/** The provider authentication tokens (JWT) one connection has shown. */
export interface ProviderTokens {
  /** Undefined when the header is a good token. */
  check(authorization: string | undefined): Refusal | undefined;
}

export function createProviderTokens(keys: readonly KnownKey[], clock: () => number): ProviderTokens {
  let seen: { readonly authorization: string; readonly token: Token; readonly at: number } | undefined;
  let isWedged = false;
  const judgeNew = (authorization: string): Refusal | undefined => {
    const token = parseToken(authorization);
    const key = keys.find(({ keyId }) => keyId === token?.keyId);
    if (token === undefined || key?.teamId !== token.teamId || !isSigned(token, key)) return buildRefusal('InvalidProviderToken');
    // One connection belongs to one team and one key.
    if (seen !== undefined && seen.token.teamId !== token.teamId) return buildRefusal('InvalidProviderToken');
    if (seen !== undefined && seen.token.keyId !== token.keyId) return buildRefusal('UnrelatedKeyIdInToken');
    if (seen !== undefined && clock() - seen.at < betweenTokensMs) return buildRefusal('TooManyProviderTokenUpdates');
    seen = { authorization, token, at: clock() };
    return undefined;
  };
  return {
    check(authorization) {
      if (authorization === undefined) return buildRefusal('MissingProviderToken');
      const refusal = seen?.authorization === authorization ? undefined : judgeNew(authorization);
      if (refusal !== undefined) return refusal;
      // Once it has said so, APNs repeats it on that connection, whatever token follows.
      isWedged ||= seen === undefined || clock() - seen.token.issuedAtMs > oldestMs;
      return isWedged ? buildRefusal('ExpiredProviderToken') : undefined;
    },
  };
}

interface Token {
  readonly keyId: string;
  readonly teamId: string;
  readonly issuedAtMs: number;
  readonly signed: string;
  readonly signature: Buffer;
}

function parseToken(authorization: string): Token | undefined {
  const jwt = parseJwt(/^bearer (.+)$/i.exec(authorization)?.[1] ?? '');
  if (jwt === undefined) return undefined;
  const { head, claims, signed, signature } = jwt;
  const { alg, kid } = head;
  const { iss, iat } = claims;
  if (alg !== 'ES256' || typeof kid !== 'string' || typeof iss !== 'string' || typeof iat !== 'number') return undefined;
  return { keyId: kid, teamId: iss, issuedAtMs: iat * 1000, signed, signature };
}

function isSigned({ signed, signature }: Token, { publicKey }: KnownKey): boolean {
  return verify('sha256', Buffer.from(signed), { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
}
