import { createHash } from 'node:crypto';

/**
 * A bare JID below a domain for somebody who never said who he is, always the same for the same id. No account can be there by chance,
 * and nobody finds the id from it who does not know the id.
 */
export function buildNobody(id: string, domain: string): string {
  return `${shortDigest(id)}@${domain}`;
}

/** 128 bits of a SHA-256, in hexadecimal digits: enough that no two texts have the same. */
export function shortDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
