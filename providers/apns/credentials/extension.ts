import type { X509Certificate } from 'node:crypto';
import type forge from 'node-forge';
import { loadForge } from './forge.ts';

/** The content of an extension of a certificate; undefined where it has none of this id. */
export function findExtension(certificate: X509Certificate, oid: string): forge.asn1.Asn1 | undefined {
  return find(loadForge().asn1.fromDer(certificate.raw.toString('binary')), oid);
}

function find(tree: forge.asn1.Asn1, oid: string): forge.asn1.Asn1 | undefined {
  if (!Array.isArray(tree.value)) return undefined;
  const { asn1 } = loadForge();
  const [name] = tree.value;
  if (name?.type === asn1.Type.OID && typeof name.value === 'string' && asn1.derToOid(name.value) === oid) return open(tree.value.at(-1));
  for (const branch of tree.value) {
    const found = find(branch, oid);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** An extension is wrapped into a string of octets. */
function open(octets: forge.asn1.Asn1 | undefined): forge.asn1.Asn1 | undefined {
  return typeof octets?.value === 'string' ? loadForge().asn1.fromDer(octets.value) : undefined;
}

/** Apple's two services. A device token belongs to one of them. */
export type Environment = 'production' | 'sandbox';

/** Apple's extensions that say which service takes a certificate; one for both has both. */
const oids: readonly (readonly [Environment, string])[] = [
  ['production', '1.2.840.113635.100.6.3.2'],
  ['sandbox', '1.2.840.113635.100.6.3.1'],
];

/** Which of Apple's services a certificate is made for; none where it does not say. */
export function environmentsOf(certificate: X509Certificate): readonly Environment[] {
  return oids.filter(([, oid]) => findExtension(certificate, oid) !== undefined).map(([environment]) => environment);
}
