import type { Connection } from '../server/connection.ts';
import type { Exchange } from '../server/exchange.ts';
import { createJournal, type Journal } from '../server/journal.ts';
import { createPlans, type Plans } from '../server/plans.ts';
import { headerOf, type SandboxRequest } from '../server/request.ts';
import type { Verdict } from '../server/stream-limit.ts';
import { createTimers } from '../server/timers.ts';
import type { Witness } from '../server/witness.ts';
import { misbehaveAsWebpush, type WebpushMisbehaviour } from './misbehaviour.ts';
import type { SandboxWebPush, SandboxWebpushAnswer } from './push.ts';
import type { Refusal } from './refusal.ts';
import { buildAnswer, buildPush, buildVisit, type Rules, type Visit } from './visit.ts';

/** Autopush keeps nothing for longer, and says so. */
const longestTtl = 2_592_000;
/** What says nothing of the client. */
const neutral = new Set([404, 410, 413, 429]);

/** Judges pushes and answers them. */
export interface Desk {
  readonly journal: Journal<SandboxWebPush>;
  readonly plans: Plans<WebpushMisbehaviour>;
  serve(request: SandboxRequest, exchange: Exchange, connection: Connection): void;
  close(): void;
}

export interface DeskOptions extends Omit<Rules, 'origin' | 'isExpired'>, Witness<SandboxWebpushAnswer> {
  readonly origin: () => string;
  readonly kept: number;
}

export function createDesk({ origin, kept, onAnswer, onRequest, ...more }: DeskOptions): Desk {
  const journal = createJournal<SandboxWebPush>(kept);
  const plans = createPlans<WebpushMisbehaviour>();
  const timers = createTimers();
  const expired = new Set<string>();
  return {
    journal,
    plans,
    serve(request, exchange, connection) {
      const visit = buildVisit(request, connection, { ...more, origin: origin(), isExpired: (jwt) => expired.has(jwt) });
      const respond = (refusal?: Refusal, excessBytes = 0) => {
        if (refusal === undefined) journal.add(buildPush(visit));
        write(exchange, visit, origin(), refusal, excessBytes);
        connection.limit.answered(verdictOf(refusal));
        onAnswer?.(buildAnswer(visit, refusal));
      };
      const told = visit.refusal === undefined ? plans.next(visit.token) : undefined;
      onRequest?.(visit, told !== undefined);
      if (told === undefined) respond(visit.refusal);
      else
        misbehaveAsWebpush(told, {
          connection,
          exchange,
          endpoint: `${origin()}${request.path}`,
          later: (ms, act) => timers.later(ms, act),
          encodeReason: (reason) => reason,
          accept: () => respond(),
          acceptWith: (excessBytes) => respond(undefined, excessBytes),
          refuse: respond,
          expireToken() {
            if (visit.jwt !== undefined) expired.add(visit.jwt);
          },
        });
    },
    close() {
      timers.close();
      journal.close();
    },
  };
}

/** https://www.rfc-editor.org/rfc/rfc8030#section-5: where the message is, and how long it is really kept. */
function write(exchange: Exchange, { request, id }: Visit, origin: string, refusal: Refusal | undefined, excessBytes: number): void {
  if (refusal !== undefined) return exchange.respond(refusal.status, refusal.headers, refusal.text);
  const ttl = Math.min(Number(headerOf(request, 'ttl')), longestTtl);
  const headers = { location: `${origin}/message/${id}`, ttl: String(ttl) };
  if (excessBytes > 0) exchange.respond(201, { ...headers, 'content-length': String(excessBytes + 1) }, '\n');
  else exchange.respond(201, headers);
}

function verdictOf(refusal: Refusal | undefined): Verdict {
  if (refusal === undefined) return 'accepted';
  return refusal.status < 500 && !neutral.has(refusal.status) ? 'rejected' : 'neutral';
}
