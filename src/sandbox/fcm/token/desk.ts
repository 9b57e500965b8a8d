// Room: the token host: service accounts and access tokens. In: an assertion. Out: an access token or an error. May enter: fcm.
import { parseJwt, type Jwt } from '../../jwt.ts';
import type { Connection } from '../../server/connection.ts';
import type { Exchange, ResponseHeaders } from '../../server/exchange.ts';
import { createPlans, type Plans } from '../../server/plans.ts';
import { headerOf, type SandboxRequest } from '../../server/request.ts';
import { createTimers } from '../../server/timers.ts';
import type { AccessTokens } from './access-tokens.ts';
import { checkAssertion, type AssertionRules, type TokenError } from './assertion.ts';
import { buildErrorPage } from '../error-page.ts';
import { formatRetryAfter } from '../../server/retry-after.ts';
import type { ServiceAccount } from './service-accounts.ts';
import { misbehaveAsTokenHost, type OrderedTokenError, type TokenMisbehaviour } from './misbehaviour.ts';
import type { SandboxTokenRequest } from './request.ts';

export const tokenPath = '/token';
const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const json: ResponseHeaders = { 'content-type': 'application/json; charset=utf-8' };

/** Judges token requests and answers them. */
export interface TokenDesk {
  readonly requests: readonly SandboxTokenRequest[];
  readonly plans: Plans<TokenMisbehaviour>;
  serve(request: SandboxRequest, exchange: Exchange, connection: Connection): void;
  close(): void;
}

export interface TokenDeskOptions {
  readonly rules: AssertionRules;
  readonly accessTokens: AccessTokens;
  readonly onTokenRequest?: ((request: SandboxTokenRequest) => void) | undefined;
}

export function createTokenDesk({ rules, accessTokens, onTokenRequest }: TokenDeskOptions): TokenDesk {
  const requests: SandboxTokenRequest[] = [];
  const plans = createPlans<TokenMisbehaviour>();
  const timers = createTimers();
  return {
    requests,
    plans,
    serve(request, exchange, connection) {
      const form = readForm(request);
      const jwt = parseJwt(form['assertion'] ?? '');
      const write = ({ status, headers, text, error, description, accessToken }: Answer) => {
        exchange.respond(status, headers, text);
        const { method, path } = request;
        const { head, claims } = jwt ?? {};
        const told = { method, path, headers: request.headers, form, head, claims, status, error, description, accessToken };
        requests.push({ ...told, connection: connection.number });
        onTokenRequest?.({ ...told, connection: connection.number });
      };
      const verdict = judge(request, form, jwt, rules);
      if ('status' in verdict) {
        write(buildOrdered(verdict));
        return;
      }
      const accept = () => write(grant(accessTokens, verdict));
      const told = plans.next('');
      if (told === undefined) accept();
      else
        misbehaveAsTokenHost(told, {
          connection,
          exchange,
          later: (ms, act) => timers.later(ms, act),
          encodeReason: (reason) => reason,
          accept,
          acceptHalf: () => write(cutShort(grant(accessTokens, verdict))),
          refuse: (ordered) => write(buildOrdered(ordered)),
        });
    },
    close: () => timers.close(),
  };
}

function judge(request: SandboxRequest, form: Form, jwt: Jwt | undefined, rules: AssertionRules): ServiceAccount | OrderedTokenError {
  if (request.method !== 'POST' || request.path !== tokenPath) return { status: 404 };
  const type = form['grant_type'] ?? '';
  if (type !== grantType) return refuse({ error: 'unsupported_grant_type', error_description: `Invalid grant_type: ${type}` });
  if (jwt === undefined) return refuse({ error: 'invalid_request', error_description: 'Bad Request' });
  const account = checkAssertion(jwt, rules);
  return 'error' in account ? refuse(account) : account;
}

function refuse({ error, error_description: description }: TokenError): OrderedTokenError {
  return { status: 400, error, description };
}

type Form = Readonly<Record<string, string>>;

function readForm(request: SandboxRequest): Form {
  const [type = ''] = (headerOf(request, 'content-type') ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded') return {};
  return Object.fromEntries(new URLSearchParams(request.body.toString('utf8')));
}

interface Answer {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly text: string;
  readonly error?: string;
  readonly description?: string;
  readonly accessToken?: number;
}

function grant(accessTokens: AccessTokens, account: ServiceAccount): Answer {
  const { token, number, expiresIn } = accessTokens.issue(account);
  const text = JSON.stringify({ access_token: token, expires_in: expiresIn, token_type: 'Bearer' });
  return { status: 200, headers: json, text, accessToken: number };
}

function cutShort(answer: Answer): Answer {
  return { ...answer, text: answer.text.slice(0, answer.text.length / 2) };
}

function buildOrdered({ status, error, description, retryAfter }: OrderedTokenError): Answer {
  const more = retryAfter === undefined ? {} : { 'retry-after': formatRetryAfter(retryAfter) };
  if (error === undefined)
    return { status, headers: { 'content-type': 'text/html; charset=UTF-8', ...more }, text: buildErrorPage(status) };
  const text = `${JSON.stringify({ error, error_description: description }, null, 2)}\n`;
  return { status, headers: { ...json, ...more }, text, error, ...(description === undefined ? {} : { description }) };
}
