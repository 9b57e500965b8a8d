// Room: who we are to push services: VAPID keys and the tokens they sign. In: a key file, an origin. Out: a header. May enter: webpush.
import { createECDH, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { tidyCredential } from '../../files/tidy-credential.ts';

/** The pair by which push services know us (RFC 8292); a subscription is bound to its public half. */
export interface VapidKey {
  readonly privateKey: KeyObject;
  /** Uncompressed point in base64url: `applicationServerKey` in a browser. */
  readonly publicKey: string;
}

const privateBytes = 32;
const advice = 'make one with reveille webpush-key';

/** Reads a private key of P-256: PEM, or the JSON that `web-push generate-vapid-keys --json` prints. Throws what completes "the file …". */
export function parseVapidKey(file: Buffer): VapidKey {
  const text = tidyCredential(file).toString('utf8').trim();
  const privateKey = text.startsWith('{') ? openJson(text) : openPem(text);
  if (privateKey.asymmetricKeyType !== 'ec' || privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new Error(`holds a key of another kind than P-256 (prime256v1); ${advice}`);
  return { privateKey, publicKey: spellPublicKey(privateKey) };
}

/** Of the JWK the two coordinates: what browsers and distributors call the application server key. */
function spellPublicKey(privateKey: KeyObject): string {
  const { x = '', y = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  return Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]).toString('base64url');
}

function openPem(text: string): KeyObject {
  if (!text.includes('-----BEGIN ')) throw new Error(`holds no private key in PEM; ${advice}`);
  if (text.includes('ENCRYPTED')) throw new Error('is encrypted; write it without a password: openssl pkey -in … -out …');
  try {
    return createPrivateKey(text);
  } catch {
    // OpenSSL's words may quote the text.
    throw new Error(`holds no private key that can be read; ${advice}`);
  }
}

function openJson(text: string): KeyObject {
  const bytes = Buffer.from(readPrivate(text), 'base64url');
  if (bytes.length !== privateBytes) throw new Error(`is JSON without a privateKey of ${privateBytes} bytes in base64url; ${advice}`);
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(bytes);
  const point = pair.getPublicKey();
  const spell = (start: number, end: number) => point.subarray(start, end).toString('base64url');
  return createPrivateKey({
    key: { kty: 'EC', crv: 'P-256', d: bytes.toString('base64url'), x: spell(1, 33), y: spell(33, 65) },
    format: 'jwk',
  });
}

function readPrivate(text: string): string {
  try {
    const { privateKey } = JSON.parse(text) as { readonly privateKey?: unknown };
    return typeof privateKey === 'string' ? privateKey : '';
  } catch {
    return ''; // the caller says what is wrong, without the text
  }
}
