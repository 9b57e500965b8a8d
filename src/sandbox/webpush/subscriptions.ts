import { createECDH, randomBytes } from 'node:crypto';
import type { Reader } from './decrypt.ts';
import { buildRefusal, type Refusal } from './refusal.ts';

const pathPrefix = '/push/';

/** What an app asks for when it subscribes. */
export interface SubscribeOptions {
  /** Only pushes signed by this VAPID key are taken; those of everybody where it is absent. An uncompressed point of P-256 in base64url. */
  readonly applicationServerKey?: string | undefined;
  /** False: an endpoint of UnifiedPush for an app that reads what comes as it is. */
  readonly hasKeys?: boolean | undefined;
}

/** As browsers write it with `JSON.stringify`. */
export interface SubscriptionJson {
  readonly endpoint: string;
  readonly expirationTime: null;
  readonly keys?: { readonly p256dh: string; readonly auth: string };
}

/** A subscription that the sandbox made, with the keys that an app would keep. */
export interface SandboxSubscription {
  /** By which it is known in journals and scopes: the last part of the endpoint. */
  readonly token: string;
  readonly endpoint: string;
  /** Absent without keys. */
  readonly p256dh: string | undefined;
  readonly auth: string | undefined;
  readonly applicationServerKey: string | undefined;
  /** What is registered as device token: `JSON.stringify` of the subscription. */
  toJSON(): SubscriptionJson;
}

/** One of them, with its secrets. */
export interface Known extends SandboxSubscription {
  readonly reader: Reader | undefined;
}

/** Everything that was subscribed here. */
export interface Subscriptions {
  subscribe(options?: SubscribeOptions): SandboxSubscription;
  /** From now on pushes to it are answered 410. */
  unsubscribe(token: string): void;
  /** The service does not know it any more: 404. */
  forget(token: string): void;
  /** Alive again. */
  revive(token: string): void;
  /** By the path of a request; a refusal where nothing can be pushed there. */
  find(path: string): Known | Refusal;
}

/** `origin` is what endpoints begin with. */
export function createSubscriptions(origin: () => string): Subscriptions {
  const all = new Map<string, Known>();
  const dead = new Map<string, 'gone' | 'not-found'>();
  return {
    subscribe(options) {
      const made = build(origin(), options);
      all.set(made.token, made);
      return made;
    },
    unsubscribe: (token) => void dead.set(token, 'gone'),
    forget: (token) => void dead.set(token, 'not-found'),
    revive: (token) => void dead.delete(token),
    find(path) {
      const token = tokenOf(path) ?? '';
      return buildRefusalFor(dead.get(token)) ?? all.get(token) ?? buildRefusal('not-found');
    },
  };
}

/** The token in a request's path; what stands behind a question mark does not count. */
export function tokenOf(path: string): string | undefined {
  const [plain = ''] = path.split('?', 1);
  return plain.startsWith(pathPrefix) ? plain.slice(pathPrefix.length) : undefined;
}

function buildRefusalFor(reason: 'gone' | 'not-found' | undefined): Refusal | undefined {
  return reason === undefined ? undefined : buildRefusal(reason);
}

function build(origin: string, { applicationServerKey, hasKeys = true }: SubscribeOptions = {}): Known {
  const token = randomBytes(16).toString('base64url');
  const endpoint = `${origin}${pathPrefix}${token}`;
  const reader = hasKeys ? buildReader() : undefined;
  const keys = reader && { p256dh: reader.pair.getPublicKey('base64url'), auth: reader.auth.toString('base64url') };
  const json = { endpoint, expirationTime: null, ...(keys === undefined ? {} : { keys }) };
  return { token, endpoint, p256dh: keys?.p256dh, auth: keys?.auth, applicationServerKey, reader, toJSON: () => json };
}

function buildReader(): Reader {
  const pair = createECDH('prime256v1');
  pair.generateKeys();
  return { pair, auth: randomBytes(16) };
}
