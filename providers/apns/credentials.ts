import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseCertificate, type ClientCertificate } from './certificate.ts';
import type { ApnsOptions } from './options.ts';

/** What the provider proves itself with. */
export type Credentials =
  | {
      readonly kind: 'certificate';
      readonly topic: string;
      readonly certificate: ClientCertificate;
      readonly pushKit: ClientCertificate | undefined;
    }
  | { readonly kind: 'key'; readonly topic: string; readonly key: KeyObject; readonly keyId: string; readonly teamId: string }
  /** Neither is configured: an administrator may upload a certificate later. */
  | { readonly kind: 'none' };

/** Collects mistakes so that an administrator sees all of them at once. */
export interface Findings {
  readonly credentials: Credentials;
  readonly ca: string | undefined;
  /** One sentence each, beginning with the key it is about; nothing else here is of use unless this is empty. */
  readonly mistakes: readonly string[];
}

/** Reads and checks every file the options name. Opens no connection. */
export function loadCredentials(options: ApnsOptions, resolvePath: (path: string) => string, now = new Date()): Findings {
  const mistakes: string[] = [];
  const load = <T>(key: FileKey, parse: (file: Buffer) => T): T | undefined => {
    const path = options[key];
    if (path === undefined) return undefined;
    try {
      return parse(readFile(resolvePath(path)));
    } catch (error) {
      mistakes.push(`${key}: ${path} ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  const asCertificate = (file: Buffer) => parseCertificate(file, options['cert-password'], now);
  const ca = load('ca-file', parseAuthorities);
  const certificate = load('cert-file', asCertificate);
  const pushKit = load('pushkit-cert-file', asCertificate);
  const key = load('key-file', parseSigningKey);
  if (certificate !== undefined) mistakes.push(...topicMistakes(options['apns-topic'], certificate));
  return { credentials: choose(options, certificate, pushKit, key), ca, mistakes };
}

type FileKey = 'ca-file' | 'cert-file' | 'pushkit-cert-file' | 'key-file';

function choose(options: ApnsOptions, certificate?: ClientCertificate, pushKit?: ClientCertificate, key?: KeyObject): Credentials {
  if (certificate !== undefined)
    return { kind: 'certificate', topic: options['apns-topic'] ?? certificate.topics[0] ?? '', certificate, pushKit };
  if (key === undefined) return { kind: 'none' };
  return { kind: 'key', topic: options['apns-topic'] ?? '', key, keyId: options['key-id'] ?? '', teamId: options['team-id'] ?? '' };
}

function readFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reasons: Record<string, string> = { ENOENT: 'does not exist', EACCES: 'must not be read by this user', EISDIR: 'is a folder' };
    throw new Error(reasons[code ?? ''] ?? `cannot be read (${code ?? 'unknown error'})`, { cause: error });
  }
}

function parseAuthorities(file: Buffer): string {
  const text = file.toString('latin1');
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new Error('holds no PEM certificate');
  return text;
}

function parseSigningKey(file: Buffer): KeyObject {
  const key = parsePrivateKey(file);
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new Error('is not a P-256 key; take the .p8 file from Apple as it is');
  return key;
}

function parsePrivateKey(file: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: file, passphrase: '' });
  } catch (error) {
    throw new Error('is not a private key; take the .p8 file from Apple as it is', { cause: error });
  }
}

function topicMistakes(topic: string | undefined, { topics }: ClientCertificate): readonly string[] {
  if (topic === undefined)
    return topics.length > 0 ? [] : ["apns-topic: missing, and the certificate names none; give the app's bundle id"];
  return topics.length === 0 || topics.includes(topic)
    ? []
    : [`apns-topic: ${topic} is not covered by the certificate, which is for ${topics.join(', ')}`];
}
