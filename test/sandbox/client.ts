import { sign, createPrivateKey } from 'node:crypto';
import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import type { TestContext } from 'node:test';
import { createSandboxApns, type SandboxApns, type SandboxApnsOptions } from '../../src/sandbox/apns/sandbox-apns.ts';
import { buildAuthority, buildSigningKey, type SigningKey } from '../../src/sandbox/authority.ts';

export const topic = 'org.example.app';
export const authority = buildAuthority();
export const key = buildSigningKey();
export const token = '0123456789abcdef'.repeat(4);

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  readonly rstCode: number;
}

export async function createSandbox(context: TestContext, options: Partial<SandboxApnsOptions> = {}): Promise<SandboxApns> {
  const sandbox = await createSandboxApns({ authority, topics: [topic], keys: [key], ...options });
  context.after(() => sandbox.close());
  return sandbox;
}

/** A plain node:http2 client, not ours. */
export function createClient(
  context: TestContext,
  sandbox: SandboxApns,
  identity: { readonly cert?: string; readonly key?: string } = {},
): ClientHttp2Session {
  const session = connect(sandbox.origin, { ca: authority.ca, ...identity, peerMaxConcurrentStreams: 1 });
  session.on('error', () => undefined);
  context.after(() => session.destroy());
  return session;
}

export const goodHeaders = { ':method': 'POST', ':path': `/3/device/${token}`, 'apns-topic': topic, 'apns-push-type': 'alert' };
export const goodBody = '{"aps":{"alert":"x"}}';

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Sends one request; settles when its stream closes. A header that is undefined is left out, a list sent twice. */
export function send(session: ClientHttp2Session, headers: Headers, body = goodBody): Promise<Answer> {
  const all: Headers = { ...goodHeaders, ...headers };
  const pairs = Object.entries(all).flatMap(([name, value = []]) => [value].flat().flatMap((one) => [name, one]));
  return new Promise((resolve, reject) => {
    const stream = session.request([...pairs, ':scheme', 'https', ':authority', 'localhost']);
    let answered: IncomingHttpHeaders = {};
    let text = '';
    stream.on('response', (response) => (answered = response));
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    stream.on('error', () => undefined);
    stream.on('close', () => {
      try {
        const body = text === '' ? {} : (JSON.parse(text) as Answer['body']);
        resolve({ status: headersStatus(answered), headers: answered, body, rstCode: stream.rstCode });
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    stream.end(body);
  });
}

function headersStatus({ ':status': status }: IncomingHttpHeaders): number | undefined {
  return status === undefined ? undefined : Number(status);
}

/** A JWT as a provider would make it, or nearly so. */
export function buildBearer(
  claims: Readonly<Record<string, unknown>> = {},
  head: Readonly<Record<string, unknown>> = {},
  by: SigningKey = key,
): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ alg: 'ES256', kid: by.keyId, ...head })}.${encode({ iss: by.teamId, iat: Math.floor(Date.now() / 1000), ...claims })}`;
  const signature = sign('sha256', Buffer.from(text), { key: createPrivateKey(by.p8), dsaEncoding: 'ieee-p1363' });
  return `bearer ${text}.${signature.toString('base64url')}`;
}
