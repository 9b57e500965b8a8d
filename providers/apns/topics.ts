import type { X509Certificate } from 'node:crypto';
import forge from 'node-forge';

/** Apple's extension that lists the topics of a certificate: topic, kinds of push, topic, kinds of push … */
const topicsOid = '1.2.840.113635.100.6.3.6';

/** Topics a certificate may push to: the bundle id in its subject (UID), then those of Apple's extension. */
export function topicsOf(certificate: X509Certificate): readonly string[] {
  const uid = /^UID=(.+)$/m.exec(certificate.subject)?.[1];
  const listed = extensionOf(forge.asn1.fromDer(certificate.raw.toString('binary')));
  return [...new Set([...(uid === undefined ? [] : [uid]), ...listed])];
}

function extensionOf(tree: forge.asn1.Asn1): readonly string[] {
  if (!Array.isArray(tree.value)) return [];
  const [name] = tree.value;
  if (name?.type === forge.asn1.Type.OID && typeof name.value === 'string' && forge.asn1.derToOid(name.value) === topicsOid)
    return listOf(tree.value.at(-1));
  return tree.value.flatMap(extensionOf);
}

function listOf(octets: forge.asn1.Asn1 | undefined): readonly string[] {
  if (typeof octets?.value !== 'string') return [];
  const list = forge.asn1.fromDer(octets.value).value;
  if (!Array.isArray(list)) return [];
  return list.flatMap(({ type, value }) =>
    type === forge.asn1.Type.UTF8 && typeof value === 'string' ? [forge.util.decodeUtf8(value)] : [],
  );
}
