// Room: a Web Push service with the apps that subscribed there. In: requests over HTTP/2 and HTTP/1.1. Out: answers, and what the apps
// read. May enter: cli, tests, benches, demo.
import type { Authority } from '../authority.ts';
import type { Connection } from '../server/connection.ts';
import { Front } from '../server/front.ts';
import { createServer, listen } from '../server/listener.ts';
import type { Habit } from '../server/stream-limit.ts';
import type { SandboxService } from '../server/service.ts';
import type { Witness } from '../server/witness.ts';
import { createDesk } from './desk.ts';
import type { WebpushMisbehaviour } from './misbehaviour.ts';
import type { SandboxWebPush, SandboxWebpushAnswer } from './push.ts';
import { answerSubscribing, isSubscribing } from './subscribe.ts';
import { createSubscriptions, type Subscriptions } from './subscriptions.ts';

export type { SandboxWebPush, SandboxWebpushAnswer, WebpushMisbehaviour };
export type { SandboxSubscription, SubscribeOptions } from './subscriptions.ts';

/** What a service must take. https://www.rfc-editor.org/rfc/rfc8030#section-7.2 */
const bytesByDefault = 4096;

export interface SandboxWebpushOptions extends Witness<SandboxWebpushAnswer> {
  /** Makes the server's certificate. */
  readonly authority: Authority;
  readonly host?: string;
  readonly port?: number;
  /** HTTP/1.1 alone; otherwise HTTP/2 as well. */
  readonly onlyHTTP1?: boolean;
  /** MAX_CONCURRENT_STREAMS. */
  readonly streams?: number;
  /** The longest message; Mozilla's service takes less for phones. */
  readonly longest?: number;
  /** How many accepted pushes are remembered. */
  readonly keep?: number;
  readonly clock?: () => number;
}

/** A push service on this machine as RFC 8030, 8188, 8291 and 8292 want it, and the browsers behind it. */
export interface SandboxWebpush
  extends Pick<Subscriptions, 'subscribe' | 'unsubscribe' | 'forget' | 'revive'>, SandboxService<SandboxWebPush, WebpushMisbehaviour> {}

/** Settles when the port listens; rejects when it can't. */
export async function createSandboxWebpush(options: SandboxWebpushOptions): Promise<SandboxWebpush> {
  const { authority, host = '127.0.0.1', port = 0, onlyHTTP1 = false, streams = 100, clock = Date.now } = options;
  let origin = '';
  const subscriptions = createSubscriptions(() => origin);
  const { longest = bytesByDefault, keep: kept = 10_000, onAnswer, onRequest } = options;
  const desk = createDesk({ origin: () => origin, subscriptions, longest, kept, clock, onAnswer, onRequest });
  const habits = new Set<Habit>();
  const server = createServer({ authority, maxConcurrentStreams: streams, allowHTTP1: true, onlyHTTP1 });
  const front = new Front<Connection>(server, {
    limits: { first: streams, full: streams, habits },
    greet: (connection) => connection,
    serve(request, exchange, connection) {
      if (isSubscribing(request)) answerSubscribing(request, exchange, subscriptions);
      else desk.serve(request, exchange, connection);
    },
  });
  origin = await listen(server, port, host);
  return {
    ...subscriptions,
    origin,
    pushes: desk.journal.pushes,
    get connections() {
      return front.connections;
    },
    waitFor: (predicate, limitMs) => desk.journal.waitFor(predicate, limitMs),
    misbehave: (told, scope) => desk.plans.add(told, scope),
    adopt: (habit) => void habits.add(habit),
    behave() {
      desk.plans.clear();
      habits.clear();
    },
    async close() {
      desk.close();
      await front.close();
    },
  };
}
