import type { ResponseHeaders } from '../server/exchange.ts';
import { formatRetryAfter } from '../server/retry-after.ts';

interface Reason {
  readonly status: number;
  /** Mozilla's number for it, where it has one. https://mozilla-services.github.io/autopush-rs/errors.html */
  readonly errno?: number;
  readonly message: string;
}

/** Why a push is refused. RFC 8030 and 8292 give statuses only; the words are the sandbox's. */
const reasons = {
  'method-not-allowed': { status: 405, message: 'pushes are sent with POST' },
  'not-found': { status: 404, errno: 102, message: 'there is no such subscription' },
  gone: { status: 410, errno: 106, message: 'the subscription is over' },
  'no-authorization': { status: 401, errno: 109, message: 'the subscription is bound to a VAPID key, and there is no Authorization' },
  'bad-authorization': { status: 401, errno: 109, message: 'the Authorization is not "vapid t=…, k=…"' },
  'bad-token': { status: 403, errno: 109, message: 'the token is no JWT for ES256' },
  'bad-key': { status: 403, errno: 109, message: 'k is no public key of P-256' },
  'wrong-key': { status: 403, errno: 109, message: 'k is not the applicationServerKey of the subscription' },
  'bad-signature': { status: 403, errno: 109, message: 'the token is not signed by the private key of k' },
  'wrong-audience': { status: 403, errno: 109, message: 'aud is not the origin of the endpoint' },
  'no-expiry': { status: 403, errno: 109, message: 'exp is missing or no number' },
  'expired-token': { status: 403, errno: 109, message: 'exp is over' },
  'long-token': { status: 403, errno: 109, message: 'exp is more than 24 hours ahead' },
  'bad-subject': { status: 403, errno: 109, message: 'sub is neither a mailto: nor an https: address' },
  'duplicate-headers': { status: 400, message: 'a header came twice' },
  'no-ttl': { status: 400, errno: 111, message: 'there is no TTL' },
  'bad-ttl': { status: 400, errno: 112, message: 'TTL is no number of seconds' },
  'bad-urgency': { status: 400, message: 'Urgency is none of very-low, low, normal, high' },
  'bad-topic': { status: 400, errno: 113, message: 'Topic is not 1 to 32 characters of base64url' },
  'too-large': { status: 413, errno: 104, message: 'the message is too large' },
  empty: { status: 400, message: 'UnifiedPush wants a message of at least one byte' },
  'no-encoding': { status: 400, errno: 111, message: 'Content-Encoding is not aes128gcm' },
  unreadable: { status: 400, errno: 110, message: 'the message cannot be decrypted' },
} as const satisfies Readonly<Record<string, Reason>>;

export type ReasonName = keyof typeof reasons;

/** What services say that can be ordered by status. */
const ordered: Readonly<Record<number, Pick<Reason, 'errno' | 'message'>>> = {
  400: { errno: 110, message: 'Invalid crypto keys specified' },
  401: { errno: 109, message: 'Invalid authentication' },
  403: { message: 'the key does not correspond to the one that subscribed' },
  404: { errno: 102, message: 'Invalid URL endpoint' },
  410: { errno: 106, message: 'Invalid subscription' },
  413: { errno: 104, message: 'Data payload too large' },
  429: { errno: 201, message: 'Use exponential back-off for retries' },
  500: { errno: 999, message: 'Unknown error' },
  502: { errno: 902, message: 'An error occurred while establishing a connection' },
  503: { errno: 201, message: 'Use exponential back-off for retries' },
};

/** An answer that is not 201. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly headers: ResponseHeaders;
  readonly text: string;
}

/** `detail` says what exactly, where the reason has several. */
export function buildRefusal(name: ReasonName, detail?: string): Refusal {
  const { message, ...reason }: Reason = reasons[name];
  return build(name, { ...reason, message: detail === undefined ? message : `${message}: ${detail}` });
}

/** As ordered; a redirect leads to `location`. */
export function buildOrdered(status: number, retryAfter: number | Date | undefined, location: string): Refusal {
  const { errno, message } = ordered[status] ?? { message: 'as ordered' };
  const headers = {
    ...(retryAfter === undefined ? {} : { 'retry-after': formatRetryAfter(retryAfter) }),
    ...(status >= 300 && status < 400 ? { location } : {}),
  };
  return build(`ordered-${status}`, { status, message, ...(errno === undefined ? {} : { errno }) }, headers);
}

/** In Mozilla's form, which says more than a status. */
function build(reason: string, { status, errno, message }: Reason, headers: ResponseHeaders = {}): Refusal {
  const text = JSON.stringify({ code: status, errno, error: reason, message });
  return { status, reason, headers: { 'content-type': 'application/json', ...headers }, text };
}
