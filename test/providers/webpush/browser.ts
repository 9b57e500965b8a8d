import { createECDH, randomBytes, randomUUID } from 'node:crypto';
import { decrypt } from 'http_ece';

/** An app that has subscribed: its keys, and what it reads with them. The reading is not ours. */
export interface Browser {
  readonly p256dh: string;
  readonly auth: string;
  /** As `JSON.stringify(subscription)` has it. */
  subscriptionAt(endpoint: string): string;
  read(message: Buffer): Buffer;
}

export function createBrowser(): Browser {
  const pair = createECDH('prime256v1');
  pair.generateKeys();
  const secret = randomBytes(16);
  const [p256dh, auth] = [pair.getPublicKey('base64url'), secret.toString('base64url')];
  return {
    p256dh,
    auth,
    subscriptionAt: (endpoint) => JSON.stringify({ endpoint, expirationTime: null, keys: { p256dh, auth } }),
    read: (message) => decrypt(message, { version: 'aes128gcm', privateKey: pair, authSecret: secret }),
  };
}

/** One that reads nothing. */
export function randomSubscription(origin: string): string {
  return createBrowser().subscriptionAt(`${origin}/push/${randomUUID()}`);
}
