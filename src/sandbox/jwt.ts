/** A JSON Web Token in JWS Compact Serialization, taken apart and not yet believed. https://datatracker.ietf.org/doc/html/rfc7515#section-7.1 */
export interface Jwt {
  readonly head: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What the signature is about. */
  readonly signed: string;
  readonly signature: Buffer;
}

/** Undefined where the text has not three parts, or head or claims are not JSON objects. */
export function parseJwt(text: string): Jwt | undefined {
  const [, first = '', second = '', signature = ''] = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(text) ?? [];
  const head = parsePart(first);
  const claims = parsePart(second);
  if (head === undefined || claims === undefined) return undefined;
  return { head, claims, signed: `${first}.${second}`, signature: Buffer.from(signature, 'base64url') };
}

function parsePart(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    // The caller refuses what can't be read.
    return undefined;
  }
}
