import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';
import { buildAuthority, buildSigningKey, type ClientIdentity } from '../../../src/sandbox/authority.ts';

/** The password of everything here that has one; it must never be part of a message. */
export const password = 'Gänse-marschieren-7f3a91';
export const topic = 'org.example.app';

export const baseNames = [
  'p12-3des',
  'p12-aes',
  'p12-without-mac',
  'p12-without-password',
  'pem',
  'pem-encrypted',
  'pem-scrypt',
  'pem-of-two',
  'certificate',
  'signing-key',
  'account',
  'account-encrypted',
  'nothing',
] as const;

export type BaseName = (typeof baseNames)[number];
export type Bases = Readonly<Record<BaseName, Buffer>>;

type P12Options = NonNullable<Parameters<typeof forge.pkcs12.toPkcs12Asn1>[3]>;

/** Real files of every kind, made anew for each run. */
export function buildBases(): Bases {
  const client = buildAuthority().issueClient([topic, `${topic}.voip`]);
  const other = buildAuthority().issueClient(['org.example.other']);
  const encrypted = encryptKey(client.key, 'aes-256-cbc');
  return {
    'p12-3des': client.p12(password),
    'p12-aes': buildP12(client, password, { algorithm: 'aes256' }),
    'p12-without-mac': buildP12(client, password, { algorithm: 'aes128', useMac: false }),
    'p12-without-password': buildP12(client, '', { algorithm: '3des' }),
    pem: Buffer.from(client.cert + client.key),
    'pem-encrypted': Buffer.from(client.cert + encrypted),
    'pem-scrypt': Buffer.from(client.cert + buildScryptKey()),
    'pem-of-two': Buffer.from(other.cert + client.cert + client.key + other.key),
    certificate: Buffer.from(forge.pem.decode(client.cert)[0]!.body, 'binary'),
    'signing-key': Buffer.from(buildSigningKey().p8),
    account: buildAccount(buildRsaKey()),
    'account-encrypted': buildAccount(encryptKey(buildRsaKey(), 'aes-128-cbc')),
    nothing: Buffer.alloc(0),
  };
}

function buildP12({ cert, key }: ClientIdentity, secret: string, options: P12Options): Buffer {
  const { privateKeyFromPem, certificateFromPem } = forge.pki;
  const rsa = createPrivateKey(key).export({ type: 'pkcs1', format: 'pem' }).toString();
  const tree = forge.pkcs12.toPkcs12Asn1(privateKeyFromPem(rsa), [certificateFromPem(cert)], secret, options);
  return Buffer.from(forge.asn1.toDer(tree).getBytes(), 'binary');
}

function encryptKey(key: string, cipher: string): string {
  return createPrivateKey(key).export({ type: 'pkcs8', format: 'pem', cipher, passphrase: password }).toString();
}

/** Salt, N, r and p as scrypt has them (RFC 7914 §7); nobody looks at what is encrypted before the key is derived. */
function buildScryptKey(): string {
  const { Class, Type, create, oidToDer, integerToDer } = forge.asn1;
  const list = (items: forge.asn1.Asn1[]) => create(Class.UNIVERSAL, Type.SEQUENCE, true, items);
  const oid = (name: string) => create(Class.UNIVERSAL, Type.OID, false, oidToDer(name).getBytes());
  const octets = (length: number) => create(Class.UNIVERSAL, Type.OCTETSTRING, false, 'x'.repeat(length));
  const number = (value: number) => create(Class.UNIVERSAL, Type.INTEGER, false, integerToDer(value).getBytes());
  const scrypt = list([oid('1.3.6.1.4.1.11591.4.11'), list([octets(8), number(16_384), number(8), number(1)])]);
  const aes = list([oid('2.16.840.1.101.3.4.1.42'), octets(16)]);
  const tree = list([list([oid('1.2.840.113549.1.5.13'), list([scrypt, aes])]), octets(64)]);
  return forge.pem.encode({ type: 'ENCRYPTED PRIVATE KEY', body: forge.asn1.toDer(tree).getBytes() }, { maxline: 64 });
}

function buildAccount(privateKey: string): Buffer {
  const account = {
    type: 'service_account',
    project_id: 'example-app',
    private_key_id: '0123456789abcdef',
    private_key: privateKey,
    client_email: 'push@example-app.iam.gserviceaccount.com',
    token_uri: 'https://oauth2.googleapis.com/token',
  };
  return Buffer.from(JSON.stringify(account));
}

function buildRsaKey(): string {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
