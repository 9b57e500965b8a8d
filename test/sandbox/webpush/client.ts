import { createECDH, createPrivateKey, sign } from 'node:crypto';
import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { request as openRequest } from 'node:https';
import type { TestContext } from 'node:test';
import { encrypt } from 'http_ece';
import {
  createSandboxWebpush,
  type SandboxSubscription,
  type SandboxWebpush,
  type SandboxWebpushOptions,
} from '../../../src/sandbox/webpush/sandbox-webpush.ts';
import { buildVapidPair, type VapidPair } from '../../../src/sandbox/webpush/vapid.ts';
import { authority } from '../client.ts';

export const vapid = buildVapidPair();
export const applicationServerKey = vapid.applicationServerKey;
export const text = JSON.stringify({ account: 'anna@example.org', body: 'Are you there? ☎' });

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** How the stream ended; 0 over HTTP/1.1. */
  readonly rstCode: number;
}

export async function createSandbox(context: TestContext, options: Partial<SandboxWebpushOptions> = {}): Promise<SandboxWebpush> {
  const sandbox = await createSandboxWebpush({ authority, ...options });
  context.after(() => sandbox.close());
  return sandbox;
}

/** The text as `http_ece` encrypts it, which is not ours. */
export function encryptFor({ p256dh = '', auth = '' }: SandboxSubscription, plain: string | Buffer = text, rs?: number): Buffer {
  const privateKey = createECDH('prime256v1');
  privateKey.generateKeys();
  const parts = { version: 'aes128gcm', dh: p256dh, privateKey, authSecret: auth } as const;
  return encrypt(Buffer.from(plain), rs === undefined ? parts : { ...parts, rs });
}

/** `Authorization` as RFC 8292 wants it, or nearly so. */
export function buildAuthorization(
  { origin }: { readonly origin: string },
  claims: Readonly<Record<string, unknown>> = {},
  by: VapidPair = vapid,
  k = by.applicationServerKey,
  alg = 'ES256',
): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const signed = `${encode({ typ: 'JWT', alg })}.${encode({ aud: origin, exp, sub: 'mailto:admin@example.org', ...claims })}`;
  const signature = sign('sha256', Buffer.from(signed), { key: createPrivateKey(by.pem), dsaEncoding: 'ieee-p1363' });
  return `vapid t=${signed}.${signature.toString('base64url')}, k=${k}`;
}

export interface Sent {
  readonly headers?: Headers;
  readonly body?: Buffer;
  readonly method?: string;
  readonly endpoint?: string;
}

/** Pushes as a server in good order would, with what is said otherwise. */
export interface Sender {
  push(subscription: SandboxSubscription, otherwise?: Sent): Promise<Answer>;
}

function complete(sandbox: SandboxWebpush, subscription: SandboxSubscription, { headers = {}, ...otherwise }: Sent) {
  const { method = 'POST', endpoint = subscription.endpoint } = otherwise;
  const body = otherwise.body ?? (subscription.p256dh === undefined ? Buffer.from(text) : encryptFor(subscription));
  const usual = { ttl: '600', 'content-encoding': 'aes128gcm', authorization: buildAuthorization(sandbox) };
  const all: Headers = { ...usual, ...headers };
  const pairs = Object.entries(all).flatMap(([name, value]) => [value].flat().flatMap((one) => (one === undefined ? [] : [name, one])));
  const { pathname, search } = new URL(endpoint);
  return { method, path: pathname + search, pairs, body };
}

export function createHttp2Sender(context: TestContext, sandbox: SandboxWebpush): Sender & { readonly session: ClientHttp2Session } {
  const session = connect(sandbox.origin, { ca: authority.ca });
  session.on('error', () => undefined);
  context.after(() => session.destroy());
  return {
    session,
    push(subscription, otherwise = {}) {
      const { method, path, pairs, body } = complete(sandbox, subscription, otherwise);
      const names = [':method', method, ':path', path, ':scheme', 'https', ':authority', new URL(sandbox.origin).host];
      return new Promise((resolve) => {
        const stream = session.request([...names, ...pairs]);
        const heard = { headers: {} as IncomingHttpHeaders, text: '' };
        stream.on('response', (headers) => (heard.headers = headers)).on('error', () => undefined);
        stream.setEncoding('utf8').on('data', (chunk: string) => (heard.text += chunk));
        stream.on('close', () => {
          const status = heard.headers[':status'];
          resolve({ ...heard, status: status === undefined ? undefined : Number(status), rstCode: stream.rstCode });
        });
        stream.end(body);
      });
    },
  };
}

/** A connection for each push. */
export function createHttp1Sender(sandbox: SandboxWebpush): Sender {
  return {
    push(subscription, otherwise = {}) {
      const { method, path, pairs, body } = complete(sandbox, subscription, otherwise);
      const { hostname, port, host } = new URL(sandbox.origin);
      return new Promise((resolve) => {
        const headers = [...pairs, 'host', host, 'content-length', String(body.length)];
        const sent = openRequest({ method, path, hostname, port, headers, ca: authority.ca, agent: false }, (response) => {
          let heard = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (heard += chunk));
          response.on('error', () => undefined);
          response.on('close', () => resolve({ status: response.statusCode, headers: response.headers, text: heard, rstCode: 0 }));
        });
        sent.on('error', () => resolve({ status: undefined, headers: {}, text: '', rstCode: 0 }));
        sent.end(body);
      });
    },
  };
}
