import type { CertificateUpload } from '../provider/provider.ts';

/** An upload as it is kept in the database, where it is encrypted as a whole. */
export function buildContent({ certificate, password }: CertificateUpload): Buffer {
  return Buffer.from(JSON.stringify({ certificate: certificate.toString('base64'), password }));
}

/** What {@link buildContent} made. Throws an Error that quotes nothing of it where it is something else. */
export function parseContent(content: Buffer): CertificateUpload {
  const { certificate, password } = parseObject(content);
  if (typeof certificate !== 'string' || (password !== undefined && typeof password !== 'string'))
    throw new TypeError('a stored certificate is not in the form that this version knows');
  return { certificate: Buffer.from(certificate, 'base64'), password };
}

function parseObject(content: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(content.toString());
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    // The parser's message would quote the content.
    return {};
  }
}
