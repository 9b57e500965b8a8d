import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Version, nonce, tag, ciphertext, one behind the other. */
const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const keyIdBytes = 6;

/** A key for {@link seal}, and the name under which it can be recognised without being known. */
export interface SealingKey {
  readonly id: string;
  readonly secret: Buffer;
}

/** Of the 32 bytes of the configuration. They may serve other purposes too, so neither of the two is made of them directly. */
export function buildSealingKey(key: Buffer): SealingKey {
  const derive = (purpose: string, bytes: number): Buffer => Buffer.from(hkdfSync('sha256', key, '', `reveille ${purpose}`, bytes));
  return { id: derive('credentials key id', keyIdBytes).toString('hex'), secret: derive('credentials', 32) };
}

/** AES-256-GCM (NIST SP 800-38D). What is sealed for one place, such as a provider, can't be opened as that of another. */
export function seal(content: Buffer, place: string, key: SealingKey): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key.secret, nonce).setAAD(buildContext(place));
  const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), sealed]);
}

/** Undefined where it is not exactly what was sealed for this place with this key. */
export function unseal(sealed: Buffer, place: string, key: SealingKey): Buffer | undefined {
  const textFrom = 1 + nonceBytes + tagBytes;
  if (sealed[0] !== version || sealed.length < textFrom) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key.secret, sealed.subarray(1, 1 + nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(buildContext(place)).setAuthTag(sealed.subarray(1 + nonceBytes, textFrom));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(textFrom)), decipher.final()]);
  } catch {
    // The tag does not fit: nothing else can fail here.
    return undefined;
  }
}

function buildContext(place: string): Buffer {
  return Buffer.from(`reveille credential ${version}\n${place}`);
}
