import { X509Certificate } from 'node:crypto';
import { readText } from './read-text.ts';

export type TrustAnchors = { readonly pem: string } | { readonly problem: string };

/** Reads a PEM file of one or more certificates, or says in words what is wrong with it. */
export function readTrustAnchors(file: string): TrustAnchors {
  const reading = readText(file);
  if ('problem' in reading) return { problem: `expected a PEM file of certificates, ${reading.problem}` };
  const blocks = reading.text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const isSound = blocks.length > 0 && blocks.every(isCertificate);
  return isSound ? { pem: blocks.join('\n') } : { problem: `expected a PEM file of certificates, found no readable one in ${file}` };
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).fingerprint256 !== '';
  } catch {
    // Not a certificate: that is the answer.
    return false;
  }
}
