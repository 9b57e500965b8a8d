import type { X509Certificate } from 'node:crypto';
import type { Environment } from './access.ts';
import { findExtension } from './extension.ts';

/** Apple's extensions that say which service takes a certificate; one for both has both. */
const oids: readonly (readonly [Environment, string])[] = [
  ['production', '1.2.840.113635.100.6.3.2'],
  ['sandbox', '1.2.840.113635.100.6.3.1'],
];

/** Which of Apple's services a certificate is made for; none where it does not say. */
export function environmentsOf(certificate: X509Certificate): readonly Environment[] {
  return oids.filter(([, oid]) => findExtension(certificate, oid) !== undefined).map(([environment]) => environment);
}
