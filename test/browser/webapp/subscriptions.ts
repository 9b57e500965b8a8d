import { createECDH } from 'node:crypto';
import { decrypt } from 'http_ece';
import type { Page } from 'playwright-core';

/** What a stubbed PushManager has given out: real keys of P-256, made in the page. */
interface Given {
  readonly endpoint: string;
  /** `d` of the JWK. */
  readonly privateKey: string;
  readonly auth: string;
}

/**
 * Stands in for the browser's subscribing, for which Chromium needs Google: pages that are opened from now on get a subscription at this
 * service. All else of the browser's push is its own.
 */
export async function stubPushManager(page: Page, origin: string): Promise<void> {
  await page.addInitScript((service: string) => {
    const word = (bytes: Uint8Array) =>
      btoa(String.fromCharCode(...bytes))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replaceAll('=', '');
    let present: object | null = null;
    const subscribe = async ({ applicationServerKey }: { applicationServerKey: Uint8Array<ArrayBuffer> }) => {
      const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
      const p256dh = word(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
      const { d } = await crypto.subtle.exportKey('jwk', pair.privateKey);
      const auth = word(crypto.getRandomValues(new Uint8Array(16)));
      const endpoint = `${service}/push/${crypto.randomUUID()}`;
      Object.assign(globalThis, { given: { endpoint, privateKey: d, auth } });
      present = {
        endpoint,
        options: { applicationServerKey: applicationServerKey.buffer },
        toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh, auth } }),
        unsubscribe: () => Promise.resolve(((present = null), true)),
      };
      return present;
    };
    const { prototype } = (globalThis as unknown as { PushManager: { prototype: object } }).PushManager;
    Object.assign(prototype, { subscribe, getSubscription: () => Promise.resolve(present) });
  }, origin);
}

/** Reads messages for the subscription that the page was given; the reading is not ours. */
export async function readGiven(page: Page): Promise<{ readonly path: string; read(message: Buffer): string }> {
  const { endpoint, privateKey, auth } = await page.evaluate(() => (globalThis as unknown as { given: Given }).given);
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(privateKey, 'base64url');
  return {
    path: new URL(endpoint).pathname,
    read: (message) => decrypt(message, { version: 'aes128gcm', privateKey: pair, authSecret: Buffer.from(auth, 'base64url') }).toString(),
  };
}
