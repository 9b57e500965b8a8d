import { randomUUID } from 'node:crypto';
import type { Connection } from '../server/connection.ts';
import { headerOf, type SandboxRequest } from '../server/request.ts';
import { parseJwt } from '../jwt.ts';
import { checkHeaders, readMessage, urgencyOf, type Message } from './checks.ts';
import type { SandboxWebPush, SandboxWebpushAnswer } from './push.ts';
import { buildRefusal, type Refusal } from './refusal.ts';
import { tokenOf, type Known, type Subscriptions } from './subscriptions.ts';
import { checkVapid, jwtOf } from './vapid.ts';

/** A request, and what the service makes of it. */
export interface Visit {
  readonly request: SandboxRequest;
  readonly connection: Connection;
  readonly id: string;
  readonly token: string;
  /** By which VAPID tokens are told apart. */
  readonly jwt: string | undefined;
  /** What the app would read; undefined where nothing can be read, and where there is nothing. */
  readonly text: string | undefined;
  /** Why it is not taken. */
  readonly refusal: Refusal | undefined;
}

/** By what pushes are judged. */
export interface Rules {
  readonly origin: string;
  readonly subscriptions: Subscriptions;
  readonly longest: number;
  readonly clock: () => number;
  isExpired(jwt: string): boolean;
}

/** In the order in which services notice: where to, who, in what manner, what. */
export function buildVisit(request: SandboxRequest, connection: Connection, rules: Rules): Visit {
  const jwt = jwtOf(headerOf(request, 'authorization'));
  const found = request.method === 'POST' ? rules.subscriptions.find(request.path) : buildRefusal('method-not-allowed');
  const message = 'status' in found ? found : readMessage(request, found, rules.longest);
  return {
    request,
    connection,
    id: randomUUID(),
    token: tokenOf(request.path) ?? '',
    jwt,
    text: 'status' in message ? undefined : message.text?.toString('utf8'),
    refusal: 'status' in found ? found : judge(request, found, jwt, message, rules),
  };
}

function judge(request: SandboxRequest, known: Known, jwt: string | undefined, message: Message, rules: Rules): Refusal | undefined {
  const { applicationServerKey } = known;
  const { origin, clock } = rules;
  return (
    checkVapid(headerOf(request, 'authorization'), { origin, applicationServerKey, now: clock() }) ??
    (jwt !== undefined && rules.isExpired(jwt) ? buildRefusal('expired-token') : undefined) ??
    checkHeaders(request) ??
    ('status' in message ? message : undefined)
  );
}

export function buildPush({ request, connection, id, token, jwt, text }: Visit): SandboxWebPush {
  const subject = parseJwt(jwt ?? '')?.claims['sub'];
  return {
    id,
    token,
    text,
    ttl: Number(headerOf(request, 'ttl')),
    urgency: urgencyOf(request),
    topic: headerOf(request, 'topic'),
    subject: typeof subject === 'string' ? subject : undefined,
    headers: request.headers,
    bytes: request.bodyBytes,
    connection: connection.number,
    protocol: connection.peer.alpnProtocol === 'h2' ? 'h2' : 'http/1.1',
  };
}

export function buildAnswer({ request, id, token, text }: Visit, refusal: Refusal | undefined): SandboxWebpushAnswer {
  return {
    id,
    status: refusal?.status ?? 201,
    reason: refusal?.reason,
    token,
    urgency: urgencyOf(request),
    topic: headerOf(request, 'topic'),
    bytes: request.bodyBytes,
    text,
  };
}
