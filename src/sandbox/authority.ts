// Room: push services for trials, as strict as the real ones. In: nothing of ours. Out: services on loopback. May enter: cli, tests,
// benches, demo.
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import forge from 'node-forge';

const dayMs = 86_400_000;
const lifeMs = 90 * dayMs;
/** Apple's extension that lists the topics of a push certificate. */
const topicsOid = '1.2.840.113635.100.6.3.6';
const uidOid = '0.9.2342.19200300.100.1.1';

export interface CertificateAndKey {
  /** PEM. */
  readonly cert: string;
  /** PEM, PKCS#8. */
  readonly key: string;
}

export interface ClientIdentity extends CertificateAndKey {
  /** The same as a .p12 file, encrypted as Apple's Keychain does. */
  p12(password: string): Buffer;
}

export interface SigningKey {
  readonly keyId: string;
  readonly teamId: string;
  /** The content of an AuthKey_<keyId>.p8 file. */
  readonly p8: string;
  readonly publicKey: KeyObject;
}

/** A certificate authority that lives in memory: everything a push service and its clients need, made anew each time. */
export interface Authority {
  /** PEM of the authority itself: what clients must trust. */
  readonly ca: string;
  /** For localhost, apns.localhost and 127.0.0.1. */
  readonly server: CertificateAndKey;
  /** A client certificate like Apple's for these topics, the app's own first. */
  issueClient(topics: readonly string[], validTo?: Date): ClientIdentity;
}

interface Pair {
  readonly publicKey: forge.pki.rsa.PublicKey;
  /** PEM, PKCS#8. */
  readonly key: string;
}

export function buildAuthority(): Authority {
  const pair = generatePair();
  const name = [{ name: 'commonName', value: 'Reveille sandbox authority' }];
  const extensions = [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ];
  const certificate = issue({ subject: name, issuer: name, publicKey: pair.publicKey, signer: pair, extensions });
  const signedBy = { issuer: name, signer: pair };
  return {
    ca: forge.pki.certificateToPem(certificate),
    server: issueServer(signedBy),
    issueClient: (topics, validTo) => issueClient(signedBy, topics, validTo),
  };
}

/** A token signing key as Apple hands it out. */
export function buildSigningKey(keyId = randomId(), teamId = randomId()): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { keyId, teamId, p8: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), publicKey };
}

interface Issuer {
  readonly issuer: forge.pki.CertificateField[];
  readonly signer: Pair;
}

function issueServer(by: Issuer): CertificateAndKey {
  const pair = generatePair();
  const altNames = [
    { type: 2, value: 'localhost' },
    { type: 2, value: 'apns.localhost' },
    { type: 7, ip: '127.0.0.1' },
    { type: 7, ip: '::1' },
  ];
  const extensions = [
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames },
  ];
  const certificate = issue({ ...by, subject: [{ name: 'commonName', value: 'localhost' }], publicKey: pair.publicKey, extensions });
  return { cert: forge.pki.certificateToPem(certificate), key: pair.key };
}

function issueClient(by: Issuer, topics: readonly string[], validTo?: Date): ClientIdentity {
  const pair = generatePair();
  const topic = topics[0] ?? '';
  const subject = [
    { type: uidOid, value: topic },
    { name: 'commonName', value: `Apple Push Services: ${topic}` },
  ];
  const extensions = [
    { name: 'extKeyUsage', clientAuth: true },
    { id: topicsOid, value: forge.asn1.toDer(buildTopics(topics)).getBytes() },
  ];
  const certificate = issue({ ...by, subject, publicKey: pair.publicKey, extensions, validTo });
  return {
    cert: forge.pki.certificateToPem(certificate),
    key: pair.key,
    p12: (password) => {
      const tree = forge.pkcs12.toPkcs12Asn1(forge.pki.privateKeyFromPem(pair.key), [certificate], password, { algorithm: '3des' });
      return Buffer.from(forge.asn1.toDer(tree).getBytes(), 'binary');
    },
  };
}

interface Draft extends Issuer {
  readonly subject: forge.pki.CertificateField[];
  readonly publicKey: forge.pki.rsa.PublicKey;
  readonly extensions: unknown[];
  readonly validTo?: Date | undefined;
}

function issue({ subject, issuer, publicKey, signer, extensions, validTo }: Draft): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  // A serial number is positive: its first bit must be 0.
  certificate.serialNumber = `01${randomBytes(8).toString('hex')}`;
  certificate.publicKey = publicKey;
  certificate.validity.notAfter = validTo ?? new Date(Date.now() + lifeMs);
  certificate.validity.notBefore = new Date(Math.min(Date.now(), certificate.validity.notAfter.getTime()) - dayMs);
  certificate.setSubject(subject);
  certificate.setIssuer(issuer);
  certificate.setExtensions(extensions);
  signBy(signer, certificate);
  return certificate;
}

/** node:crypto signs, forge would take thirty times as long: it is given a digest that keeps what it was fed, and a key that signs that. */
function signBy({ key }: Pair, certificate: forge.pki.Certificate): void {
  const fed: Buffer[] = [];
  const digest = { algorithm: 'sha256', update: (bytes: string) => fed.push(Buffer.from(bytes, 'latin1')) };
  const signing = { sign: () => sign('sha256', Buffer.concat(fed), key).toString('latin1') };
  certificate.sign(signing as unknown as forge.pki.rsa.PrivateKey, digest as unknown as forge.md.MessageDigest);
}

/** Topic, kinds of push, topic, kinds of push …, as in Apple's certificates. */
function buildTopics(topics: readonly string[]): forge.asn1.Asn1 {
  const { Class, Type, create } = forge.asn1;
  const text = (value: string) => create(Class.UNIVERSAL, Type.UTF8, false, value);
  const list = (items: forge.asn1.Asn1[]) => create(Class.UNIVERSAL, Type.SEQUENCE, true, items);
  const kindOf = (topic: string) => (topic.endsWith('.voip') ? 'voip' : 'app');
  return list(topics.flatMap((topic) => [text(topic), list([text(kindOf(topic))])]));
}

/** node:crypto makes RSA keys a hundred times faster than forge. */
function generatePair(): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { key: privateKey, publicKey: forge.pki.publicKeyFromPem(publicKey) };
}

function randomId(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return Array.from(randomBytes(10), (byte) => letters[byte % letters.length]).join('');
}
