import { createHash } from 'node:crypto';

const hexadecimal = /^[0-9a-f]+$/i;

/**
 * The form in which two tokens are compared: tokens made only of hexadecimal digits (APNs) ignore case, all others count
 * exactly. A digest, so that a token of any length fits an index entry.
 */
export function buildTokenKey(token: string): Buffer {
  const form = hexadecimal.test(token) ? token.toLowerCase() : token;
  return createHash('sha256').update(form).digest();
}
