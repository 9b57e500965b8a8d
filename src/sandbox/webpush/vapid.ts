import { createPublicKey, generateKeyPairSync, verify, type KeyObject } from 'node:crypto';
import { parseJwt, type Jwt } from '../jwt.ts';
import { buildRefusal, type Refusal } from './refusal.ts';

const pointBytes = 65;
const longestMs = 24 * 60 * 60_000;

/** A VAPID key for a push server. */
export interface VapidPair {
  /** Private key, PEM (PKCS#8). */
  readonly pem: string;
  /** Uncompressed point in base64url: what apps subscribe with. */
  readonly applicationServerKey: string;
}

export function buildVapidPair(): VapidPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return { pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), applicationServerKey: point.toString('base64url') };
}

/** By what a token is judged. */
export interface VapidRules {
  /** Of the endpoint. */
  readonly origin: string;
  /** That of the subscription; undefined where it takes pushes of everybody. */
  readonly applicationServerKey: string | undefined;
  readonly now: number;
}

/** Undefined where the header is in order, or absent and not needed. https://www.rfc-editor.org/rfc/rfc8292 */
export function checkVapid(authorization: string | undefined, rules: VapidRules): Refusal | undefined {
  if (authorization === undefined) return rules.applicationServerKey === undefined ? undefined : buildRefusal('no-authorization');
  const { t, k } = readParameters(authorization);
  if (t === undefined || k === undefined) return buildRefusal('bad-authorization');
  const key = openPoint(k);
  if (key === undefined) return buildRefusal('bad-key');
  if (rules.applicationServerKey !== undefined && !isSame(k, rules.applicationServerKey)) return buildRefusal('wrong-key');
  const jwt = parseJwt(t);
  if (jwt?.head['alg'] !== 'ES256') return buildRefusal('bad-token');
  if (!isSigned(jwt, key)) return buildRefusal('bad-signature');
  return checkClaims(jwt.claims, rules);
}

/** The token of a header, by which two of them can be told apart. */
export function jwtOf(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : readParameters(authorization).t;
}

function checkClaims({ aud, exp, sub }: Jwt['claims'], { origin, now }: VapidRules): Refusal | undefined {
  if (aud !== origin) return buildRefusal('wrong-audience', `it should be ${origin}`);
  if (typeof exp !== 'number' || !Number.isFinite(exp)) return buildRefusal('no-expiry');
  if (exp * 1000 <= now) return buildRefusal('expired-token');
  if (exp * 1000 > now + longestMs) return buildRefusal('long-token');
  // RFC 8292 asks for one; Apple refuses a token without.
  return typeof sub === 'string' && /^(?:mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/.test(sub) ? undefined : buildRefusal('bad-subject');
}

/** Parameters in any order, as https://www.rfc-editor.org/rfc/rfc9110#section-11.4 has them. */
function readParameters(authorization: string): { readonly t: string | undefined; readonly k: string | undefined } {
  const [, list = ''] = /^vapid +(.+)$/i.exec(authorization) ?? [];
  const pairs = list.split(',').map((part) => /^\s*(\w+)\s*=\s*"?([\w.=-]+)"?\s*$/.exec(part));
  const valueOf = (name: string) => pairs.find((pair) => pair?.[1]?.toLowerCase() === name)?.[2];
  return { t: valueOf('t'), k: valueOf('k') };
}

function openPoint(text: string): KeyObject | undefined {
  const point = Buffer.from(text, 'base64url');
  if (point.length !== pointBytes || point[0] !== 4) return undefined;
  const spell = (start: number, end: number) => point.subarray(start, end).toString('base64url');
  try {
    return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: spell(1, 33), y: spell(33, 65) }, format: 'jwk' });
  } catch {
    return undefined; // not on the curve
  }
}

function isSame(one: string, other: string): boolean {
  return Buffer.from(one, 'base64url').equals(Buffer.from(other, 'base64url'));
}

function isSigned({ signed, signature }: Jwt, key: KeyObject): boolean {
  return verify('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, signature);
}
