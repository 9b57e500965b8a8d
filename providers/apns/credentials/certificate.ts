import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { tidyCredential } from '../../files/tidy-credential.ts';
import { TooManyRounds } from './key-derivation.ts';
import { parseP12, WrongPassword, type KeysAndCertificates } from './p12.ts';
import { checkPemRounds } from './pem-rounds.ts';
import { topicsOf } from './topics.ts';

/** A client certificate ready for TLS. */
export interface ClientCertificate {
  /** PEM: the certificate first, then whatever came with it. */
  readonly cert: string;
  readonly key: string;
  /** The topics it may push to, the app's own first. */
  readonly topics: readonly string[];
  readonly expiresAt: Date;
}

/** Reads a .p12 or a PEM file with both certificate and key. Throws with words that complete "cert-file: file.p12 …". */
export function parseCertificate(file: Buffer, password: string | undefined, now: Date): ClientCertificate {
  const tidy = tidyCredential(file);
  const { keys, certificates } = tidy.includes('-----BEGIN ')
    ? parsePem(tidy.toString('latin1'), password)
    : parseP12(tidy, password ?? '');
  const [key] = keys;
  if (certificates.length === 0) throw new Error('holds no certificate; export certificate and private key together');
  if (key === undefined) throw new Error('holds no private key; export certificate and private key together');
  const leaf = certificates.find((certificate) => certificate.checkPrivateKey(key));
  if (leaf === undefined) throw new Error('holds a private key that does not belong to its certificate; export the pair again');
  checkDates(leaf, now);
  return {
    cert: [leaf, ...certificates.filter((certificate) => certificate !== leaf)].map(String).join('\n'),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    topics: topicsOf(leaf),
    expiresAt: new Date(leaf.validTo),
  };
}

function parsePem(text: string, password: string | undefined): KeysAndCertificates {
  const blocks = text.match(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g) ?? [];
  if (text.includes('BEGIN OPENSSH PRIVATE KEY')) throw new Error('holds a key of SSH; take what Apple gave you');
  checkWork(text);
  const of = (kind: RegExp) => blocks.filter((block) => kind.test(block));
  return {
    keys: of(/^-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----|^-----BEGIN ENCRYPTED/).map((block) => parsePemKey(block, password)),
    certificates: of(/^-----BEGIN CERTIFICATE-----/).map(parsePemCertificate),
  };
}

function checkWork(text: string): void {
  try {
    checkPemRounds(text);
  } catch (error) {
    if (error instanceof TooManyRounds) throw error;
    throw new Error('holds a private key that cannot be read', { cause: error });
  }
}

function parsePemKey(block: string, password: string | undefined): KeyObject {
  try {
    // An absent passphrase would make OpenSSL ask for one on the terminal.
    return createPrivateKey({ key: block, passphrase: password ?? '' });
  } catch (error) {
    if (/ENCRYPTED/.test(block)) throw new WrongPassword(error);
    throw new Error('holds a private key that cannot be read', { cause: error });
  }
}

function parsePemCertificate(block: string): X509Certificate {
  try {
    return new X509Certificate(block);
  } catch (error) {
    throw new Error('holds a certificate that cannot be read', { cause: error });
  }
}

/** Words that complete "cert-file: file.p12 …" for a certificate that has ended; undefined for one in force. */
export function describeEnd({ expiresAt }: ClientCertificate, now: Date): string | undefined {
  return expiresAt <= now ? `ended on ${dayOf(expiresAt)}; make a new one in Apple's developer account` : undefined;
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function checkDates(certificate: X509Certificate, now: Date): void {
  if (new Date(certificate.validFrom) > now)
    throw new Error(`is valid from ${dayOf(new Date(certificate.validFrom))} only; check the clock of this machine`);
}
