import { randomUUID } from 'node:crypto';
import type { Exchange } from '../server/exchange.ts';
import { createJournal, type Journal } from '../server/journal.ts';
import { createPlans, type Plans } from '../server/plans.ts';
import { headerOf, type SandboxRequest } from '../server/request.ts';
import type { Verdict } from '../server/stream-limit.ts';
import { createTimers } from '../server/timers.ts';
import type { Witness } from '../server/witness.ts';
import { checkCandidate, checkRequest, parsePayload, tokenOf } from './checks.ts';
import type { Client } from './client.ts';
import { createDeviceTokens, type DeviceTokens } from './device-tokens.ts';
import type { SandboxPush } from './journal.ts';
import { misbehaveAsApns, type Misbehaviour } from './misbehaviour.ts';
import type { Refusal } from './refusal.ts';

/** What was answered to a request. */
export interface SandboxAnswer {
  /** `apns-id`. */
  readonly id: string;
  readonly status: number;
  /** With any status but 200. */
  readonly reason: string | undefined;
  readonly token: string;
  readonly topic: string | undefined;
  readonly pushType: string | undefined;
  readonly bytes: number;
  readonly payload: Readonly<Record<string, unknown>> | undefined;
}

/** Judges requests and answers them. */
export interface Desk {
  readonly tokens: DeviceTokens;
  readonly journal: Journal<SandboxPush>;
  readonly plans: Plans<Misbehaviour>;
  serve(request: SandboxRequest, exchange: Exchange, client: Client): void;
  close(): void;
}

export function createDesk(kept: number, { onAnswer, onRequest }: Witness<SandboxAnswer> = {}): Desk {
  const tokens = createDeviceTokens();
  const journal = createJournal<SandboxPush>(kept);
  const plans = createPlans<Misbehaviour>();
  const timers = createTimers();
  return {
    tokens,
    journal,
    plans,
    serve(request, exchange, client) {
      const visit = buildVisit(request, client);
      const refusal = judge(visit, tokens);
      const respond = (answer?: Refusal) => {
        if (answer === undefined) journal.add(buildPush(visit));
        write(exchange, visit.id, answer);
        client.connection.limit.answered(verdictOf(answer));
        onAnswer?.(buildAnswer(visit, answer));
      };
      const told = refusal === undefined ? plans.next(visit.token) : undefined;
      onRequest?.(visit, told !== undefined);
      const { connection } = client;
      if (told === undefined) respond(refusal);
      else
        misbehaveAsApns(told, {
          client,
          connection,
          exchange,
          later: (ms, act) => timers.later(ms, act),
          encodeReason,
          accept: () => respond(),
          refuse: respond,
        });
    },
    close() {
      timers.close();
      journal.close();
    },
  };
}

/** A request and what follows from it. */
interface Visit {
  readonly request: SandboxRequest;
  readonly client: Client;
  readonly id: string;
  readonly token: string;
  readonly topic: string | undefined;
  readonly payload: Readonly<Record<string, unknown>> | undefined;
}

function buildVisit(request: SandboxRequest, client: Client): Visit {
  return {
    request,
    client,
    id: headerOf(request, 'apns-id') ?? randomUUID(),
    token: tokenOf(request).toLowerCase(),
    topic: headerOf(request, 'apns-topic') ?? client.defaultTopic,
    payload: parsePayload(request.body),
  };
}

function judge({ request, client, token, topic, payload }: Visit, tokens: DeviceTokens): Refusal | undefined {
  return (
    checkRequest(request) ??
    client.authenticate(request) ??
    checkCandidate({ request, topic, payload, isAllowedTopic: (asked) => client.isAllowedTopic(asked) }) ??
    tokens.check(token, topic ?? '')
  );
}

function write(exchange: Exchange, id: string, refusal: Refusal | undefined): void {
  if (refusal === undefined) return exchange.respond(200, { 'apns-id': id, 'apns-unique-id': randomUUID() });
  const { status, reason, timestamp, isCutShort = false } = refusal;
  const text = JSON.stringify({ reason, timestamp });
  exchange.respond(status, { 'apns-id': id }, isCutShort ? text.slice(0, text.length / 2) : text);
}

/** A dead token and trouble of the service's own say nothing about the client. */
function verdictOf(refusal: Refusal | undefined): Verdict {
  if (refusal === undefined) return 'accepted';
  return refusal.status < 500 && refusal.status !== 410 ? 'rejected' : 'neutral';
}

/** As Apple writes the debug data of a GOAWAY. */
function encodeReason(reason: string): string {
  return JSON.stringify({ reason });
}

function buildPush({ request, client, id, token, topic, payload }: Visit): SandboxPush {
  const expiration = headerOf(request, 'apns-expiration');
  return {
    id,
    token,
    topic: topic ?? '',
    pushType: headerOf(request, 'apns-push-type') ?? 'alert',
    priority: Number(headerOf(request, 'apns-priority') ?? 10),
    expiration: expiration === undefined ? undefined : Number(expiration),
    collapseId: headerOf(request, 'apns-collapse-id'),
    headers: request.headers,
    payload: payload ?? {},
    bytes: request.bodyBytes,
    connection: client.connection.number,
    certificateSerial: client.certificateSerial,
  };
}

function buildAnswer({ request, id, token, topic, payload }: Visit, refusal: Refusal | undefined): SandboxAnswer {
  return {
    id,
    status: refusal?.status ?? 200,
    reason: refusal?.reason,
    token,
    topic,
    pushType: headerOf(request, 'apns-push-type'),
    bytes: request.bodyBytes,
    payload,
  };
}
