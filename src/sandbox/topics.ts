import { X509Certificate } from 'node:crypto';
import forge from 'node-forge';

const topicsOid = '1.2.840.113635.100.6.3.6';

/** The topics an Apple-like client certificate allows: the UID of its subject first, then those of Apple's extension. */
export function topicsOf(raw: Buffer): readonly string[] {
  const uid = /^UID=(.+)$/m.exec(new X509Certificate(raw).subject)?.[1];
  return [...new Set([...(uid === undefined ? [] : [uid]), ...listed(forge.asn1.fromDer(raw.toString('binary')))])];
}

function listed(tree: forge.asn1.Asn1): readonly string[] {
  if (!Array.isArray(tree.value)) return [];
  const [name, ...rest] = tree.value;
  const isOurs = name?.type === forge.asn1.Type.OID && typeof name.value === 'string' && forge.asn1.derToOid(name.value) === topicsOid;
  return isOurs ? textsOf(rest.at(-1)) : tree.value.flatMap(listed);
}

function textsOf(octets: forge.asn1.Asn1 | undefined): readonly string[] {
  if (typeof octets?.value !== 'string') return [];
  const items = forge.asn1.fromDer(octets.value).value;
  if (!Array.isArray(items)) return [];
  return items.flatMap(({ type, value }) =>
    type === forge.asn1.Type.UTF8 && typeof value === 'string' ? [forge.util.decodeUtf8(value)] : [],
  );
}
