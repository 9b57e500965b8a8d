import { randomUUID } from 'node:crypto';
import type { ServerHttp2Stream } from 'node:http2';
import { checkCandidate, checkRequest, parsePayload, tokenOf } from './checks.ts';
import type { Connection } from './connection.ts';
import { createDeviceTokens, type DeviceTokens } from './device-tokens.ts';
import { createJournal, type Journal, type SandboxPush } from './journal.ts';
import { createPlans, misbehave, type Plans, type Scene } from './misbehaviour.ts';
import type { Refusal } from './refusal.ts';
import { headerOf, type SandboxRequest } from './request.ts';

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
  readonly journal: Journal;
  readonly plans: Plans;
  serve(request: SandboxRequest, stream: ServerHttp2Stream, connection: Connection): void;
  close(): void;
}

/** Is told what happens at the desk. */
export interface Witness {
  /** Every answer that is given. */
  readonly onAnswer?: ((answer: SandboxAnswer) => void) | undefined;
  /** Every request that was read and is not ignored, and whether a misbehaviour is done to it. */
  readonly onRequest?: ((request: { readonly id: string; readonly token: string }, isMisbehaved: boolean) => void) | undefined;
}

export function createDesk(kept: number, { onAnswer, onRequest }: Witness = {}): Desk {
  const tokens = createDeviceTokens();
  const journal = createJournal(kept);
  const plans = createPlans();
  const timers = new Set<NodeJS.Timeout>();
  const later = (ms: number, act: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  };
  return {
    tokens,
    journal,
    plans,
    serve(request, stream, connection) {
      if (connection.isDeafTo(stream)) return;
      const visit = buildVisit(request, connection);
      const refusal = judge(visit, tokens);
      const respond = (answer?: Refusal) => {
        if (answer === undefined) journal.add(buildPush(visit));
        write(stream, visit.id, answer);
        connection.answered(answer?.status ?? 200);
        onAnswer?.(buildAnswer(visit, answer));
      };
      const told = refusal === undefined ? plans.next(visit.token) : undefined;
      onRequest?.(visit, told !== undefined);
      if (told === undefined) respond(refusal);
      else misbehave(told, buildScene(stream, connection, respond, later));
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      journal.close();
    },
  };
}

/** A request and what follows from it. */
interface Visit {
  readonly request: SandboxRequest;
  readonly connection: Connection;
  readonly id: string;
  readonly token: string;
  readonly topic: string | undefined;
  readonly payload: Readonly<Record<string, unknown>> | undefined;
}

function buildVisit(request: SandboxRequest, connection: Connection): Visit {
  return {
    request,
    connection,
    id: headerOf(request, 'apns-id') ?? randomUUID(),
    token: tokenOf(request).toLowerCase(),
    topic: headerOf(request, 'apns-topic') ?? connection.defaultTopic,
    payload: parsePayload(request.body),
  };
}

function judge({ request, connection, token, topic, payload }: Visit, tokens: DeviceTokens): Refusal | undefined {
  return (
    checkRequest(request) ??
    connection.authenticate(request) ??
    checkCandidate({ request, topic, payload, isAllowedTopic: (asked) => connection.isAllowedTopic(asked) }) ??
    tokens.check(token, topic ?? '')
  );
}

function buildScene(stream: ServerHttp2Stream, connection: Connection, respond: (answer?: Refusal) => void, later: Scene['later']): Scene {
  return {
    stream,
    connection,
    later,
    accept: () => respond(),
    refuse: (status, reason, timestamp) => respond({ status, reason, ...(timestamp === undefined ? {} : { timestamp }) }),
    refuseHalf: (status, reason) => respond({ status, reason, isCutShort: true }),
  };
}

function write(stream: ServerHttp2Stream, id: string, refusal: Refusal | undefined): void {
  if (stream.destroyed || stream.closed) return;
  const headers = { ':status': refusal?.status ?? 200, 'apns-id': id };
  if (refusal === undefined) return stream.respond({ ...headers, 'apns-unique-id': randomUUID() }, { endStream: true });
  const { reason, timestamp, isCutShort = false } = refusal;
  const text = JSON.stringify({ reason, timestamp });
  stream.respond(headers);
  stream.end(isCutShort ? text.slice(0, text.length / 2) : text);
}

function buildPush({ request, connection, id, token, topic, payload }: Visit): SandboxPush {
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
    connection: connection.number,
    certificateSerial: connection.certificateSerial,
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
