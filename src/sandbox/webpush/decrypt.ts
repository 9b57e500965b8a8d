import { createDecipheriv, createHmac, type ECDH } from 'node:crypto';

const saltBytes = 16;
const keyBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;
const pointBytes = 65;
/** Salt, record size and the length of the key id. https://www.rfc-editor.org/rfc/rfc8188#section-2.1 */
const fixedBytes = saltBytes + 4 + 1;
/** Delimiter of the last record, which is the only one. */
const lastRecord = 2;

/** What an app keeps of its subscription: nobody else can read what is pushed. */
export interface Reader {
  readonly pair: ECDH;
  readonly auth: Buffer;
}

/** The text of a message, or in what way it is not one of RFC 8291 for this reader. */
export type Reading = { readonly text: Buffer } | { readonly flaw: string };

/** A message in the content encoding aes128gcm, one record as https://www.rfc-editor.org/rfc/rfc8291#section-4 demands. */
export function decrypt(message: Buffer, { pair, auth }: Reader): Reading {
  if (message.length < fixedBytes) return { flaw: 'it is shorter than a header of aes128gcm' };
  const salt = message.subarray(0, saltBytes);
  const recordSize = message.readUInt32BE(saltBytes);
  const keyId = message.subarray(fixedBytes, fixedBytes + message.readUInt8(fixedBytes - 1));
  const record = message.subarray(fixedBytes + keyId.length);
  if (keyId.length !== pointBytes) return { flaw: 'its key id is not a public key of P-256' };
  if (record.length <= tagBytes) return { flaw: 'it holds no record' };
  if (record.length >= recordSize) return { flaw: `its record of ${record.length} bytes does not fit a record size of ${recordSize}` };
  const sharedSecret = agree(pair, keyId);
  if (sharedSecret === undefined) return { flaw: 'its key id is no point of P-256' };
  const opened = open(record, deriveInput({ sharedSecret, auth, receiver: pair.getPublicKey(), sender: keyId }), salt);
  return opened === undefined ? { flaw: 'it was not encrypted for this subscription, or was changed' } : stripPadding(opened);
}

/** https://www.rfc-editor.org/rfc/rfc8291#section-3.4: the input keying material of RFC 8188. */
function deriveInput(parts: {
  readonly sharedSecret: Buffer;
  readonly auth: Buffer;
  readonly receiver: Buffer;
  readonly sender: Buffer;
}): Buffer {
  const pseudoRandomKey = hmac(parts.auth, parts.sharedSecret);
  const keyInfo = Buffer.concat([Buffer.from('WebPush: info\0', 'latin1'), parts.receiver, parts.sender]);
  return hmac(pseudoRandomKey, Buffer.concat([keyInfo, Buffer.from([1])]));
}

/** https://www.rfc-editor.org/rfc/rfc8188#section-2.2 and 2.3; the first record's nonce is the nonce itself. */
function open(record: Buffer, input: Buffer, salt: Buffer): Buffer | undefined {
  const pseudoRandomKey = hmac(salt, input);
  const key = hmac(pseudoRandomKey, Buffer.from('Content-Encoding: aes128gcm\0\x01', 'latin1')).subarray(0, keyBytes);
  const nonce = hmac(pseudoRandomKey, Buffer.from('Content-Encoding: nonce\0\x01', 'latin1')).subarray(0, nonceBytes);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce, { authTagLength: tagBytes });
  decipher.setAuthTag(record.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(record.subarray(0, -tagBytes)), decipher.final()]);
  } catch {
    return undefined; // the tag is wrong, and Node says no more
  }
}

function stripPadding(padded: Buffer): Reading {
  const end = padded.findLastIndex((byte) => byte !== 0);
  if (padded[end] !== lastRecord) return { flaw: 'its padding does not begin with the delimiter of a last record' };
  return { text: padded.subarray(0, end) };
}

function agree(pair: ECDH, theirs: Buffer): Buffer | undefined {
  try {
    return pair.computeSecret(theirs);
  } catch {
    return undefined; // not on the curve
  }
}

function hmac(key: Buffer, data: Buffer): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
