import type forge from 'node-forge';
import { loadForge } from './forge.ts';
import { Rounds } from './key-derivation.ts';

const scryptOid = '1.3.6.1.4.1.11591.4.11';

/**
 * Throws TooManyRounds where OpenSSL, which does as many as the file says, would have to do too many for all encrypted private
 * keys of a PEM text together, and an Error where one can't be read.
 */
export function checkPemRounds(text: string): void {
  const rounds = new Rounds();
  for (const [, body = ''] of text.matchAll(/-----BEGIN ENCRYPTED PRIVATE KEY-----([^-]+)-----END/g)) rounds.add(roundsOf(body));
}

/** The algorithm of an EncryptedPrivateKeyInfo (RFC 5958 §3) stands in front of what is encrypted. */
function roundsOf(base64: string): number {
  const { asn1 } = loadForge();
  const tree = asn1.fromDer(Buffer.from(base64, 'base64').toString('binary'));
  const leaves = leavesOf(Array.isArray(tree.value) ? tree.value[0] : undefined);
  const numbers = leaves.filter(({ type }) => type === asn1.Type.INTEGER).map(numberOf);
  const isScrypt = leaves.some(({ type, value }) => type === asn1.Type.OID && asn1.derToOid(value as string) === scryptOid);
  // N, r and p of scrypt (RFC 7914 §7): its work is their product.
  return isScrypt ? numbers.slice(0, 3).reduce((product, number) => product * number, 1) : Math.max(0, ...numbers);
}

function leavesOf(tree: forge.asn1.Asn1 | undefined): readonly forge.asn1.Asn1[] {
  if (tree === undefined) return [];
  return Array.isArray(tree.value) ? tree.value.flatMap(leavesOf) : [tree];
}

function numberOf({ value }: forge.asn1.Asn1): number {
  return Number.parseInt(`0${Buffer.from(value as string, 'binary').toString('hex')}`, 16);
}
