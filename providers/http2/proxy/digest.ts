import { createHash } from 'node:crypto';

/** A challenge of a `Proxy-Authenticate` header (RFC 9110 §11.3): the scheme in lower case and its parameters. */
export interface Challenge {
  readonly scheme: string;
  readonly params: Readonly<Record<string, string>>;
}

/** What a Digest answer is made of (RFC 7616 §3.4), beside the challenge. */
export interface DigestInput {
  readonly user: string;
  readonly password: string;
  readonly method: string;
  readonly uri: string;
  /** How often the nonce has been used, this time included. */
  readonly count: number;
  readonly cnonce: string;
}

const partPattern = /([\w-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,]+)|([\w-]+)/g;

/** Reads one or several challenges, however they are spread over header lines. */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; params: Record<string, string> }[] = [];
  for (const [, name, value = '', scheme] of header.matchAll(partPattern)) {
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), params: {} });
    else if (name !== undefined) Object.assign(challenges.at(-1)?.params ?? {}, { [name.toLowerCase()]: unquote(value) });
  }
  return challenges;
}

/** Whether {@link buildDigest} can answer it: MD5 or SHA-256, with `qop=auth` or, as before RFC 2617, without qop. */
export function isAnswerable({ scheme, params }: Challenge): boolean {
  const { nonce, qop } = params;
  if (scheme !== 'digest' || nonce === undefined || !Object.hasOwn(hashes, algorithmOf(params))) return false;
  return qop === undefined || qopsOf(qop).includes('auth');
}

export function isStrong({ params }: Challenge): boolean {
  return algorithmOf(params) === 'SHA-256';
}

/** The value of the `Proxy-Authorization` header. */
export function buildDigest({ params }: Challenge, { user, password, method, uri, count, cnonce }: DigestInput): string {
  const { realm = '', nonce = '', qop, opaque } = params;
  const algorithm = algorithmOf(params);
  const hash = (text: string) =>
    createHash(hashes[algorithm] ?? 'sha256')
      .update(text)
      .digest('hex');
  const nc = count.toString(16).padStart(8, '0');
  const middle = qop === undefined ? nonce : `${nonce}:${nc}:${cnonce}:auth`;
  const response = hash(`${hash(`${user}:${realm}:${password}`)}:${middle}:${hash(`${method}:${uri}`)}`);
  const fields = [
    `username=${quote(user)}`,
    `realm=${quote(realm)}`,
    `uri=${quote(uri)}`,
    ...(params['algorithm'] === undefined ? [] : [`algorithm=${algorithm}`]),
    `nonce=${quote(nonce)}`,
    ...(qop === undefined ? [] : [`nc=${nc}`, `cnonce=${quote(cnonce)}`, 'qop=auth']),
    `response="${response}"`,
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
  ];
  return `Digest ${fields.join(', ')}`;
}

const hashes: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256' };

function algorithmOf({ algorithm = 'MD5' }: Challenge['params']): string {
  return algorithm.toUpperCase();
}

function qopsOf(qop: string): readonly string[] {
  return qop.toLowerCase().split(/[\s,]+/);
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function unquote(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
}
