import { createPrivateKey, sign } from 'node:crypto';
import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import type { TestContext } from 'node:test';
import { buildAuthority } from '../../../src/sandbox/authority.ts';
import { buildRegistrationToken } from '../../../src/sandbox/fcm/message/device-tokens.ts';
import {
  createSandboxFcm,
  type SandboxFcm,
  type SandboxFcmOptions,
  type ServiceAccountFile,
} from '../../../src/sandbox/fcm/sandbox-fcm.ts';

export const authority = buildAuthority();
export const token = buildRegistrationToken();
export const sendPath = '/v1/projects/sandbox-project/messages:send';

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Undefined where the text is not JSON. */
  readonly body: Json | undefined;
  readonly rstCode: number;
}

export type Json = Readonly<Record<string, unknown>>;
export type Headers = Readonly<Record<string, string | undefined>>;

export async function createSandbox(context: TestContext, options: Partial<SandboxFcmOptions> = {}): Promise<SandboxFcm> {
  const sandbox = await createSandboxFcm({ authority, ...options });
  context.after(() => sandbox.close());
  return sandbox;
}

/** A plain node:http2 client, not ours. */
export function createClient(context: TestContext, origin: string): ClientHttp2Session {
  const session = connect(origin, { ca: authority.ca });
  session.on('error', () => undefined);
  context.after(() => session.destroy());
  return session;
}

/** Settles when the stream closes, answered or not. A header that is undefined is left out. */
export function request(session: ClientHttp2Session, headers: Headers, body: string): Promise<Answer> {
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  return new Promise((resolve) => {
    const stream = session.request({ ':method': 'POST', ...given }, { endStream: false });
    let answered: IncomingHttpHeaders = {};
    let text = '';
    stream.on('response', (response) => (answered = response));
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    stream.on('error', () => undefined);
    stream.on('close', () => {
      const { ':status': status } = answered;
      const code = status === undefined ? undefined : Number(status);
      resolve({ status: code, headers: answered, text, body: parseJson(text), rstCode: stream.rstCode });
    });
    stream.end(body);
  });
}

/** An assertion as a provider would make it, or nearly so. */
export function buildAssertion(account: ServiceAccountFile, claims: Json = {}, head: Json = {}): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const scope = 'https://www.googleapis.com/auth/firebase.messaging';
  const all = { iss: account.client_email, scope, aud: account.token_uri, iat: now, exp: now + 3600, ...claims };
  const text = `${encode({ alg: 'RS256', typ: 'JWT', kid: account.private_key_id, ...head })}.${encode(all)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), createPrivateKey(account.private_key)).toString('base64url')}`;
}

export function buildForm(assertion: string, grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'): string {
  return new URLSearchParams({ grant_type: grantType, assertion }).toString();
}

export const formHeaders = { ':path': '/token', 'content-type': 'application/x-www-form-urlencoded' };

/** Exchanges an assertion for an access token, over HTTP/2. */
export async function exchange(context: TestContext, sandbox: SandboxFcm, assertion: string): Promise<Answer> {
  return request(createClient(context, sandbox.tokenUri), formHeaders, buildForm(assertion));
}

export async function fetchToken(context: TestContext, sandbox: SandboxFcm, account = sandbox.issueServiceAccount()): Promise<string> {
  const { body, text } = await exchange(context, sandbox, buildAssertion(account));
  const accessToken = body?.['access_token'];
  if (typeof accessToken !== 'string') throw new Error(`no access token: ${text}`);
  return accessToken;
}

/** A connection with an access token: everything a good message needs. */
export interface Sender {
  readonly session: ClientHttp2Session;
  readonly accessToken: string;
  /** Sends a message; what is given replaces its parts. */
  readonly send: (message?: Json, headers?: Headers, rest?: Json) => Promise<Answer>;
}

export const goodMessage: Json = { token, data: { account: 'a@example.org' }, android: { priority: 'HIGH' } };

export async function createSender(context: TestContext, sandbox: SandboxFcm, account?: ServiceAccountFile): Promise<Sender> {
  const accessToken = await fetchToken(context, sandbox, account);
  const session = createClient(context, sandbox.origin);
  const good = { ':path': sendPath, authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
  return {
    session,
    accessToken,
    send: (message = {}, headers = {}, rest = {}) =>
      request(session, { ...good, ...headers }, JSON.stringify({ message: { ...goodMessage, ...message }, ...rest })),
  };
}

export function errorOf({ body }: Answer): Json & { readonly details?: readonly Json[] } {
  return (body?.['error'] ?? {}) as Json;
}

/** The types of the details, without what all of them begin with. */
export function detailsOf(answer: Answer): readonly (readonly [string, unknown])[] {
  return (errorOf(answer).details ?? []).map((detail) => [
    String(detail['@type']).replace(/^type\.googleapis\.com\/google\./, ''),
    detail['errorCode'] ?? detail['reason'] ?? detail['fieldViolations'] ?? detail['violations'],
  ]);
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // A test that wants JSON fails for want of it.
    return undefined;
  }
}
