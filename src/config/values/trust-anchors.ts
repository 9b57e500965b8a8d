import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readDerCertificate, tidyPem } from '../../base/pem.ts';
import { readText, type TextReading } from '../../base/read-text.ts';
import { describeSecretLooks } from '../secrets/secret-looks.ts';

export type TrustAnchors = { readonly pem: string } | { readonly problem: string };

export interface TrustAnchorSource {
  /** The option as it stands: a path, or the PEM text itself. */
  readonly value: string;
  /** The same as an absolute path. */
  readonly path: string;
  /** Where the value came from that did not stand in the configuration. */
  readonly origin: string | undefined;
}

/** Reads PEM text of one or more certificates, in a file or as the value itself, or says in words what is wrong with it. */
export function readTrustAnchors({ value, path, origin }: TrustAnchorSource): TrustAnchors {
  const kind = describeSecretLooks(value);
  const isContent = value.includes('-----BEGIN ') || value.includes('\n');
  const where = origin ?? (kind === undefined ? path : 'the value itself');
  const reading = isContent ? { text: value } : readAnchors(path);
  if ('problem' in reading)
    return { problem: `expected a PEM file of certificates, ${describeProblem(reading.problem, path, origin, kind)}` };
  const blocks = tidyPem(reading.text).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const isSound = blocks.length > 0 && blocks.every(isCertificate);
  return isSound ? { pem: blocks.join('\n') } : { problem: `expected a PEM file of certificates, found no readable one in ${where}` };
}

function readAnchors(path: string): TextReading {
  const der = readDerFile(path);
  return der === undefined ? readText(path) : { text: der };
}

function readDerFile(path: string): string | undefined {
  try {
    return readDerCertificate(readFileSync(path));
  } catch {
    // Why it can't be read is said by who reads it as text.
    return undefined;
  }
}

/** A value that came from elsewhere, or looks like a secret, may be one that was meant for another key. */
function describeProblem(problem: string, path: string, origin: string | undefined, kind: string | undefined): string {
  if (kind !== undefined) return `found ${kind} instead of the path of a file${origin === undefined ? '' : ` in ${origin}`} (not shown)`;
  return origin === undefined ? problem : problem.replaceAll(path, `the file that ${origin} names`);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).fingerprint256 !== '';
  } catch {
    // Not a certificate: that is the answer.
    return false;
  }
}
