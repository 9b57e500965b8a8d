// Room: the certificate of a listener that speaks TLS itself. In: two files. Out: what a TLS server needs, renewed while it runs. May
// enter: http, app, cli, doctor.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { statSync } from 'node:fs';
import { holdsPem, tidyPem } from '../../base/pem.ts';
import { readText } from '../../base/read-text.ts';

/** A certificate with what leads to its authority, and its private key, in PEM: absolute paths, or the contents themselves. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface ServerCertificate {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  readonly endsAt: Date;
  /** The names and addresses it is for, as it says them itself; empty where it says none. */
  readonly names: string;
}

/** A certificate that ends sooner is worth a warning. */
export const warnBeforeMs = 14 * 24 * 3600 * 1000;
const longestBytes = 1_000_000;

/**
 * Reads both. Throws an error whose message says of which option what is wrong. It quotes nothing, no path either: what stands in the
 * wrong place may be a secret.
 */
export function loadServerCertificate({ certFile, keyFile }: CertificateFiles): ServerCertificate {
  const cert = read('cert-file', certFile);
  const key = read('key-file', keyFile);
  const certificate = parse('cert-file: there is no certificate in PEM in it', () => new X509Certificate(cert));
  const privateKey = parse(explainKey(key), () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) throw new Error('key-file: this is not the key of the certificate of cert-file');
  return { cert, key, endsAt: new Date(certificate.validTo), names: certificate.subjectAltName ?? '' };
}

/** What changes when a file is replaced; undefined while one can't be read. */
export function stampOf({ certFile, keyFile }: CertificateFiles): string | undefined {
  try {
    return [certFile, keyFile].map((file) => (holdsPem(file) ? '' : describeState(file))).join(', ');
  } catch {
    return undefined;
  }
}

function describeState(file: string): string {
  const { mtimeMs, size, ino } = statSync(file);
  return `${mtimeMs} ${size} ${ino}`;
}

function read(option: string, value: string): string {
  if (holdsPem(value)) return tidyPem(value);
  if ((statSync(value, { throwIfNoEntry: false })?.size ?? 0) > longestBytes)
    throw new Error(`${option}: the file that it names is too long for what it should be`);
  const reading = readText(value);
  if ('problem' in reading) throw new Error(`${option}: ${reading.problem.replace(value, 'the file that it names')}`);
  return tidyPem(reading.text);
}

function parse<T>(words: string, make: () => T): T {
  try {
    return make();
  } catch {
    // What OpenSSL says of it helps nobody.
    throw new Error(words);
  }
}

function explainKey(key: string): string {
  if (key.includes('ENCRYPTED')) return 'key-file: the key is protected by a password; store it without (openssl pkey)';
  return 'key-file: there is no private key in PEM in it';
}
