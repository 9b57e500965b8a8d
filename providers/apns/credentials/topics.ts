import type { X509Certificate } from 'node:crypto';
import type forge from 'node-forge';
import { loadForge } from './forge.ts';
import { findExtension } from './extension.ts';

/** Apple's extension that lists the topics of a certificate: topic, kinds of push, topic, kinds of push … */
const topicsOid = '1.2.840.113635.100.6.3.6';

/** Topics a certificate may push to: the bundle id in its subject (UID), then those of Apple's extension. */
export function topicsOf(certificate: X509Certificate): readonly string[] {
  const uid = /^UID=(.+)$/m.exec(certificate.subject)?.[1];
  const listed = listOf(findExtension(certificate, topicsOid));
  return [...new Set([...(uid === undefined ? [] : [uid]), ...listed])];
}

function listOf(list: forge.asn1.Asn1 | undefined): readonly string[] {
  if (!Array.isArray(list?.value)) return [];
  const { Type } = loadForge().asn1;
  return list.value.flatMap(({ type, value }) =>
    // forge has bytes in strings, and its own decoder throws at those that are no UTF-8.
    type === Type.UTF8 && typeof value === 'string' ? [Buffer.from(value, 'latin1').toString()] : [],
  );
}
