import { ECDH } from 'node:crypto';

/** What the browser or distributor generated for the app, and nobody else can read with (RFC 8291 §2). */
export interface SubscriptionKeys {
  /** Public key: an uncompressed point of P-256, 65 bytes. */
  readonly p256dh: Buffer;
  /** 16 bytes. */
  readonly auth: Buffer;
}

/** Where a device is reached. */
export interface Subscription {
  readonly endpoint: URL;
  /** Absent with UnifiedPush without encryption. */
  readonly keys: SubscriptionKeys | undefined;
}

export type ParsedSubscription =
  | { readonly kind: 'subscription'; readonly subscription: Subscription }
  /** `reason` completes "device-token …". */
  | { readonly kind: 'refused'; readonly reason: string };

const pointBytes = 65;
const authBytes = 16;
/** The endpoint's own bound is UnifiedPush's; this one spares us parsing novels. */
const longestText = 4096;

/** Reads a PushSubscription as browsers write it, or a bare endpoint. What kind of address it is, is not judged here. */
export function parseSubscription(text: string): ParsedSubscription {
  if (text.length > longestText) return refuse('is too long');
  if (!text.startsWith('{')) return withEndpoint(text, undefined);
  const fields = parseObject(text);
  if (fields === undefined) return refuse('begins like the JSON of a push subscription and is none');
  const { endpoint, keys } = fields;
  if (typeof endpoint !== 'string') return refuse('has no endpoint: take JSON.stringify of the PushSubscription');
  if (keys === undefined || keys === null) return withEndpoint(endpoint, undefined);
  const parsed = parseKeys(keys);
  return typeof parsed === 'string' ? refuse(parsed) : withEndpoint(endpoint, parsed);
}

/** The one spelling of a subscription; the same subscription is the same device. */
export function spellSubscription({ endpoint, keys }: Subscription): string {
  if (keys === undefined) return endpoint.href;
  const spelled = { p256dh: keys.p256dh.toString('base64url'), auth: keys.auth.toString('base64url') };
  return JSON.stringify({ endpoint: endpoint.href, keys: spelled });
}

function withEndpoint(text: string, keys: SubscriptionKeys | undefined): ParsedSubscription {
  if (!/^https?:\/\/[\x21-\x7e\u0080-\uffff]+$/i.test(text) || !URL.canParse(text))
    return refuse('is neither a push subscription (JSON) nor the address of an endpoint');
  return { kind: 'subscription', subscription: { endpoint: new URL(text), keys } };
}

function parseKeys(keys: unknown): SubscriptionKeys | string {
  if (typeof keys !== 'object' || keys === null) return 'has keys that are no object with p256dh and auth';
  const { p256dh, auth } = keys as Readonly<Record<string, unknown>>;
  const [point, secret] = [decode(p256dh), decode(auth)];
  if (point?.length !== pointBytes || !isPoint(point)) return 'has a p256dh that is no public key of P-256 in base64url';
  if (secret?.length !== authBytes) return 'has an auth that is not 16 bytes in base64url';
  return { p256dh: point, auth: secret };
}

/** Base64url as browsers write it, and plain base64 as some libraries do. */
function decode(value: unknown): Buffer | undefined {
  return typeof value === 'string' && /^[\w+/-]{1,100}={0,2}$/.test(value) ? Buffer.from(value, 'base64url') : undefined;
}

/** A point that is not on the curve would fail with each push. */
function isPoint(point: Buffer): boolean {
  try {
    return ECDH.convertKey(point, 'prime256v1').length === pointBytes;
  } catch {
    return false; // OpenSSL says why, and nobody would read it
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined; // the caller says what it is not
  }
}

function refuse(reason: string): ParsedSubscription {
  return { kind: 'refused', reason };
}
