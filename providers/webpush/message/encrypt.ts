import { createCipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import type { SubscriptionKeys } from '../subscription.ts';

/** All of RFC 8188's header: salt, record size, length of the key id, and our public key as key id. */
const headerBytes = 16 + 4 + 1 + 65;
/** What a push service must take (RFC 8030 §7.2). */
export const mostCipherBytes = 4096;
/** The delimiter behind the text, and the tag of AES-GCM. */
const delimiterBytes = 1;
const tagBytes = 16;
const overheadBytes = headerBytes + delimiterBytes + tagBytes;
/** The longest text that can be sent encrypted: 3993 bytes. */
export const mostPlainBytes = mostCipherBytes - overheadBytes;
/** One record holds it all (RFC 8291 §4), whatever is in it: this says only that it is not larger. */
const recordSize = 4096;
/** Texts are made as long as the next multiple, so that their length says less about them. */
const paddingStep = 128;
const keyBytes = 16;
const nonceBytes = 12;
const secretBytes = 32;

/** What is made anew for each message; handed in by the test vectors only. */
export interface MessageSecrets {
  readonly salt: Buffer;
  /** Raw private key of P-256. */
  readonly privateKey?: Buffer;
}

/** A message for this subscription (RFC 8291, content encoding aes128gcm). Throws where the text is too long. */
export function encrypt(
  plain: Buffer,
  keys: SubscriptionKeys,
  padding = paddingFor(plain.length),
  { salt, privateKey }: MessageSecrets = { salt: randomBytes(16) },
): Buffer {
  if (plain.length + padding > mostPlainBytes) throw new RangeError('the text is too long for one message');
  const { sharedSecret, publicKey } = agree(keys.p256dh, privateKey);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), keys.p256dh, publicKey]);
  const secret = derive(sharedSecret, keys.auth, info, secretBytes);
  const record = Buffer.concat([plain, Buffer.from([2]), Buffer.alloc(padding)]);
  return Buffer.concat([buildHeader(salt, publicKey), seal(record, secret, salt)]);
}

/** Zeros behind the text, as many as make it a multiple of 128 bytes and leave it within the limit. */
export function paddingFor(bytes: number): number {
  const full = Math.min(Math.ceil((bytes + delimiterBytes) / paddingStep) * paddingStep - delimiterBytes, mostPlainBytes);
  return Math.max(0, full - bytes);
}

/** The one record of RFC 8188 §2: what is handed in ends with a delimiter and its padding. */
export function seal(record: Buffer, secret: Buffer, salt: Buffer): Buffer {
  const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), keyBytes);
  const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), nonceBytes);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  return Buffer.concat([cipher.update(record), cipher.final(), cipher.getAuthTag()]);
}

/** RFC 8188 §2.1. */
export function buildHeader(salt: Buffer, keyId: Buffer): Buffer {
  const sizes = Buffer.alloc(5);
  sizes.writeUInt32BE(recordSize);
  sizes.writeUInt8(keyId.length, 4);
  return Buffer.concat([salt, sizes, keyId]);
}

function agree(theirs: Buffer, privateKey: Buffer | undefined): { readonly sharedSecret: Buffer; readonly publicKey: Buffer } {
  const ours = createECDH('prime256v1');
  if (privateKey === undefined) ours.generateKeys();
  else ours.setPrivateKey(privateKey);
  return { sharedSecret: ours.computeSecret(theirs), publicKey: ours.getPublicKey() };
}

function derive(secret: Buffer, salt: Buffer, info: Buffer, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, info, bytes));
}
