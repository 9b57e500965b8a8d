// Room: the messages of FCM: read, checked, answered. In: a send request. Out: an answer. May enter: fcm.
import type { Connection } from '../../server/connection.ts';
import type { Exchange } from '../../server/exchange.ts';
import { createJournal, type Journal } from '../../server/journal.ts';
import { createPlans, type Plans } from '../../server/plans.ts';
import type { SandboxRequest } from '../../server/request.ts';
import type { Verdict } from '../../server/stream-limit.ts';
import { createTimers } from '../../server/timers.ts';
import type { Witness } from '../../server/witness.ts';
import type { AccessTokens } from '../token/access-tokens.ts';
import { createDeviceTokens, type DeviceTokens } from './device-tokens.ts';
import { checkMessage } from './checks.ts';
import { misbehaveAsFcm, type FcmMisbehaviour } from '../misbehaviour.ts';
import type { SandboxFcmAnswer, SandboxFcmPush } from './push.ts';
import { buildPageRefusal, refuseFields, refusePermission, refuseToken, refuseWithoutToken, type Refusal } from '../refusal.ts';
import { buildVisit, type Visit } from './visit.ts';

/** Judges messages and answers them. */
export interface Desk {
  readonly tokens: DeviceTokens;
  readonly journal: Journal<SandboxFcmPush>;
  readonly validated: Journal<SandboxFcmPush>;
  readonly plans: Plans<FcmMisbehaviour>;
  serve(request: SandboxRequest, exchange: Exchange, connection: Connection): void;
  close(): void;
}

export interface DeskOptions extends Witness<SandboxFcmAnswer> {
  readonly kept: number;
  readonly accessTokens: AccessTokens;
  /** Whether two names, id or number, are of one project. */
  isProjectOf(project: string, projectId: string): boolean;
}

export function createDesk(options: DeskOptions): Desk {
  const { kept, accessTokens, onAnswer, onRequest } = options;
  const tokens = createDeviceTokens();
  const journal = createJournal<SandboxFcmPush>(kept);
  const validated = createJournal<SandboxFcmPush>(kept);
  const plans = createPlans<FcmMisbehaviour>();
  const timers = createTimers();
  const collapseKeys = createCollapseKeys();
  const note = (visit: Visit) => {
    const push = buildPush(visit, collapseKeys);
    if (push !== undefined) (push.isValidateOnly ? validated : journal).add(push);
  };
  return {
    tokens,
    journal,
    validated,
    plans,
    serve(request, exchange, connection) {
      const visit = buildVisit(request, connection, accessTokens);
      const refusal = judge(visit, tokens, options);
      const respond = (answer?: Refusal) => {
        if (answer === undefined) note(visit);
        write(exchange, visit, answer);
        connection.limit.answered(verdictOf(answer));
        onAnswer?.(buildAnswer(visit, answer));
      };
      const told = refusal === undefined ? plans.next(tokenOf(visit)) : undefined;
      onRequest?.({ id: visit.id, token: tokenOf(visit) }, told !== undefined);
      if (told === undefined) respond(refusal);
      else
        misbehaveAsFcm(told, {
          connection,
          exchange,
          later: (ms, act) => timers.later(ms, act),
          encodeReason: (reason) => reason,
          accept: () => respond(),
          refuse: respond,
          expireAccessToken: () => accessTokens.expire(visit.grant?.number ?? 0),
        });
    },
    close() {
      timers.close();
      journal.close();
      validated.close();
    },
  };
}

/** In Google's order: path, access token, form of the request, permission, the message itself. */
function judge(
  { project, hasAccessToken, grant, reading, message }: Visit,
  tokens: DeviceTokens,
  options: DeskOptions,
): Refusal | undefined {
  if (project === undefined) return buildPageRefusal(404);
  if (!hasAccessToken) return refuseWithoutToken();
  if (grant === undefined || grant.isExpired) return refuseToken(grant !== undefined);
  if ('violations' in reading) return refuseFields(reading.violations);
  const { account } = grant;
  if (!account.canSend || !options.isProjectOf(project, account.projectId)) return refusePermission(project);
  return checkMessage(message, tokens);
}

function write(exchange: Exchange, visit: Visit, refusal: Refusal | undefined): void {
  if (refusal === undefined) {
    const text = `${JSON.stringify({ name: nameOf(visit) }, null, 2)}\n`;
    return exchange.respond(200, { 'content-type': 'application/json; charset=UTF-8' }, text);
  }
  const { status, headers, text, isCutShort = false } = refusal;
  exchange.respond(status, headers, isCutShort ? text.slice(0, text.length / 2) : text);
}

/** A dead token and trouble of the service's own say nothing about the client. */
function verdictOf(refusal: Refusal | undefined): Verdict {
  if (refusal === undefined) return 'accepted';
  return refusal.status < 500 && refusal.reason !== 'UNREGISTERED' ? 'rejected' : 'neutral';
}

function buildPush(visit: Visit, collapseKeys: CollapseKeys): SandboxFcmPush | undefined {
  const { request, connection, grant, message } = visit;
  const { fields, target, data, priority, ttl, collapseKey, bytes, isValidateOnly } = message;
  // A message to a topic is accepted, and goes to nobody here.
  if (target?.kind !== 'token' && target?.kind !== 'fid') return undefined;
  return {
    name: nameOf(visit),
    token: target.value,
    target: target.kind,
    message: fields,
    data,
    priority,
    ttl,
    collapseKey,
    collapseKeys: collapseKeys.count(target.value, isValidateOnly ? undefined : collapseKey),
    headers: request.headers,
    bytes,
    connection: connection.number,
    accessToken: grant?.number ?? 0,
    isValidateOnly,
  };
}

function buildAnswer(visit: Visit, refusal: Refusal | undefined): SandboxFcmAnswer {
  const { id, project = '', message } = visit;
  const { priority, bytes, data, isValidateOnly } = message;
  const status = refusal?.status ?? 200;
  return { id, status, reason: refusal?.reason, project, token: tokenOf(visit), priority, bytes, data, isValidateOnly };
}

function nameOf({ id, project = '' }: Visit): string {
  return `projects/${project}/messages/${id}`;
}

function tokenOf({ message: { target } }: Visit): string {
  return target?.kind === 'token' || target?.kind === 'fid' ? target.value : '';
}

interface CollapseKeys {
  /** How many the device has been sent, this one included. */
  count(token: string, key: string | undefined): number;
}

function createCollapseKeys(): CollapseKeys {
  const known = new Map<string, Set<string>>();
  return {
    count(token, key) {
      if (key !== undefined) known.set(token, (known.get(token) ?? new Set()).add(key));
      return known.get(token)?.size ?? 0;
    },
  };
}
