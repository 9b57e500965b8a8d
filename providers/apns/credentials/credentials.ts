// Room: certificates, keys and signed tokens. In: files, uploads. Out: what opens a connection or signs a request. May enter: apns.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { createFileLoader, parseAuthorities } from '../../files/load-file.ts';
import { tidyCredential } from '../../files/tidy-credential.ts';
import { describeEnd, parseCertificate, type ClientCertificate } from './certificate.ts';
import { TooManyRounds } from './key-derivation.ts';
import type { ApnsOptions } from '../options.ts';
import { WrongPassword } from './p12.ts';
import { checkPemRounds } from './pem-rounds.ts';
import { voip } from '../push-kind.ts';

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
  /**
   * Certificates that have ended, in the same form. They don't replace others; but a provider that has nothing better
   * starts with them, not ready, so that the other providers go on after a restart.
   */
  readonly ended: readonly string[];
}

/** Where the values of the options lead. */
export interface CredentialPlaces {
  readonly resolvePath: (path: string) => string;
  /** Contract of `ProviderTools.originOf`. */
  readonly originOf?: ((key: string) => string | undefined) | undefined;
}

/** Reads and checks every file the options name. Opens no connection. */
export function loadCredentials(options: ApnsOptions, { resolvePath, originOf }: CredentialPlaces, now = new Date()): Findings {
  const files = createFileLoader(resolvePath, originOf);
  const load = <T>(key: FileKey, parse: (file: Buffer) => T) => files.load(key, options[key], parse);
  const { 'cert-password': password, 'pushkit-cert-password': pushKitPassword = password } = options;
  const ca = load('ca-file', parseAuthorities);
  const certificate = load('cert-file', (file) => openCertificate(file, password, 'cert-password', now));
  const pushKit = load('pushkit-cert-file', (file) => openCertificate(file, pushKitPassword, 'pushkit-cert-password', now));
  const key = load('key-file', parseSigningKey);
  const mistakes = [...files.mistakes];
  if (certificate !== undefined) mistakes.push(...topicMistakes(options['apns-topic'], certificate));
  if (certificate !== undefined && pushKit !== undefined) mistakes.push(...pushKitMistakes(topicOf(options, certificate), pushKit));
  const describeEnded = (fileKey: FileKey, loaded: ClientCertificate | undefined): readonly string[] => {
    const end = loaded === undefined ? undefined : describeEnd(loaded, now);
    return end === undefined ? [] : [`${fileKey}: ${files.nameOf(fileKey, options[fileKey] ?? '')} ${end}`];
  };
  const ended = [...describeEnded('cert-file', certificate), ...describeEnded('pushkit-cert-file', pushKit)];
  return { credentials: choose(options, certificate, pushKit, key), ca, mistakes, ended };
}

/** Without a password there is none to be wrong. */
function openCertificate(file: Buffer, password: string | undefined, passwordKey: string, now: Date): ClientCertificate {
  try {
    return parseCertificate(file, password, now);
  } catch (error) {
    if (!(error instanceof WrongPassword) || password !== undefined) throw error;
    throw new Error(`is protected by a password; set ${passwordKey}`, { cause: error });
  }
}

/** The earliest end; undefined for credentials that have none. */
export function endOf(credentials: Credentials): Date | undefined {
  if (credentials.kind !== 'certificate') return undefined;
  const { certificate, pushKit } = credentials;
  return pushKit !== undefined && pushKit.expiresAt < certificate.expiresAt ? pushKit.expiresAt : certificate.expiresAt;
}

/** What they may push to, the app's own topic first. */
export function topicsOfCredentials(credentials: Credentials): readonly string[] {
  switch (credentials.kind) {
    case 'certificate':
      return [...new Set([credentials.topic, ...credentials.certificate.topics, ...(credentials.pushKit?.topics ?? [])])];
    case 'key':
      return [credentials.topic];
    case 'none':
      return [];
    default:
      return credentials satisfies never;
  }
}

/**
 * Whether these credentials may push calls. Apple's refusal would be one of the credentials as a whole, so it is not
 * provoked: a certificate for messages only tells of calls by alerts. Of a key nobody but Apple knows what it may.
 */
export function coversCalls(credentials: Credentials): boolean {
  switch (credentials.kind) {
    case 'certificate':
      if (credentials.pushKit !== undefined) return credentials.pushKit.expiresAt > new Date();
      return credentials.certificate.topics.includes(credentials.topic + voip.topicSuffix);
    case 'key':
      return true;
    case 'none':
      return false;
    default:
      return credentials satisfies never;
  }
}

type FileKey = 'ca-file' | 'cert-file' | 'pushkit-cert-file' | 'key-file';

function choose(options: ApnsOptions, certificate?: ClientCertificate, pushKit?: ClientCertificate, key?: KeyObject): Credentials {
  if (certificate !== undefined) return { kind: 'certificate', topic: topicOf(options, certificate), certificate, pushKit };
  if (key === undefined) return { kind: 'none' };
  return { kind: 'key', topic: options['apns-topic'] ?? '', key, keyId: options['key-id'] ?? '', teamId: options['team-id'] ?? '' };
}

function topicOf(options: ApnsOptions, { topics }: ClientCertificate): string {
  return options['apns-topic'] ?? topics[0] ?? '';
}

function parseSigningKey(file: Buffer): KeyObject {
  const key = parsePrivateKey(file);
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new Error('is not a P-256 key; take the .p8 file from Apple as it is');
  return key;
}

function parsePrivateKey(given: Buffer): KeyObject {
  const file = tidyCredential(given);
  const text = file.toString('latin1');
  const other = otherKind(text);
  if (other !== undefined) throw new Error(`${other}; take the .p8 file from Apple as it is`);
  try {
    checkPemRounds(text);
    return createPrivateKey({ key: file, passphrase: '' });
  } catch (error) {
    if (error instanceof TooManyRounds) throw error;
    throw new Error('is not a private key; take the .p8 file from Apple as it is', { cause: error });
  }
}

/** What stands where the key belongs, as far as that is plain. */
function otherKind(text: string): string | undefined {
  if (/^\s*\{/.test(text)) return 'holds JSON (that is for fcm), not a private key';
  if (/ENCRYPTED/.test(text)) return 'holds an encrypted key, which there is no password for here';
  if (/BEGIN OPENSSH PRIVATE KEY/.test(text)) return 'holds a key of SSH';
  if (/BEGIN PUBLIC KEY/.test(text)) return 'holds the public key only';
  if (/BEGIN CERTIFICATE/.test(text) && !/PRIVATE KEY/.test(text)) return 'holds a certificate (that is for cert-file), not a private key';
  return undefined;
}

function topicMistakes(topic: string | undefined, { topics }: ClientCertificate): readonly string[] {
  if (topic === undefined)
    return topics.length > 0 ? [] : ["apns-topic: missing, and the certificate names none; give the app's bundle id"];
  return topics.length === 0 || topics.includes(topic)
    ? []
    : [`apns-topic: ${topic} is not covered by the certificate, which is for ${topics.join(', ')}`];
}

/** A certificate that lists no topics is Apple's to judge. */
function pushKitMistakes(topic: string, { topics }: ClientCertificate): readonly string[] {
  const wanted = topic + voip.topicSuffix;
  return topics.length === 0 || topics.includes(wanted)
    ? []
    : [`pushkit-cert-file: does not cover ${wanted}; it is for ${topics.join(', ')}`];
}
