// Room: an APNs. In: HTTP/2 requests. Out: Apple's answers. May enter: cli, tests, benches, demo.
import type { Authority } from '../authority.ts';
import { Front } from '../server/front.ts';
import { createServer, listen } from '../server/listener.ts';
import type { Scope } from '../server/plans.ts';
import type { Habit } from '../server/stream-limit.ts';
import type { SandboxService } from '../server/service.ts';
import type { Witness } from '../server/witness.ts';
import { createClient, type Client } from './client.ts';
import { createDesk, type SandboxAnswer } from './desk.ts';
import type { DeviceTokens } from './device-tokens.ts';
import type { SandboxPush } from './journal.ts';
import type { Misbehaviour } from './misbehaviour.ts';
import type { KnownKey } from './provider-tokens.ts';
import { splitTopic } from './push-type.ts';

const streamsAtFirst = 1;
const streamsByDefault = 1000;
const keptByDefault = 10_000;

export interface SandboxApnsOptions extends Witness<SandboxAnswer> {
  /** Makes the server's certificate and vouches for the clients'. */
  readonly authority: Authority;
  /** Bundle ids that token connections may push to, with any suffix; all of them where absent. */
  readonly topics?: readonly string[];
  readonly keys?: readonly KnownKey[];
  readonly host?: string;
  readonly port?: number;
  /** MAX_CONCURRENT_STREAMS once a client has proved itself. */
  readonly streams?: number;
  /** How many accepted pushes are remembered. */
  readonly keep?: number;
  readonly clock?: () => number;
}

/** An APNs on this machine: real TLS and HTTP/2, Apple's checks and words. */
export interface SandboxApns
  extends Pick<DeviceTokens, 'expire' | 'markBad' | 'markForTopic' | 'revive'>, SandboxService<SandboxPush, Misbehaviour> {}

/** Settles when the port listens; rejects when it can't. */
export async function createSandboxApns(options: SandboxApnsOptions): Promise<SandboxApns> {
  const { authority, topics, keys = [], host = '127.0.0.1', port = 0, clock = Date.now, streams = streamsByDefault } = options;
  const isKnownTopic = (topic: string) => topics === undefined || topics.includes(splitTopic(topic).bundleId);
  const desk = createDesk(options.keep ?? keptByDefault, options);
  const habits = new Set<Habit>();
  const server = createServer({ authority, maxConcurrentStreams: streamsAtFirst, requestCert: true });
  const front = new Front<Client>(server, {
    limits: { first: streamsAtFirst, full: streams, habits },
    greet: (connection) => createClient(connection, { keys, isKnownTopic, clock }),
    serve: (request, exchange, client) => desk.serve(request, exchange, client),
  });
  return {
    origin: await listen(server, port, host),
    pushes: desk.journal.pushes,
    get connections() {
      return front.connections;
    },
    expire: (token, since) => desk.tokens.expire(token, since),
    markBad: (token) => desk.tokens.markBad(token),
    markForTopic: (token, topic) => desk.tokens.markForTopic(token, topic),
    revive: (token) => desk.tokens.revive(token),
    waitFor: (predicate, limitMs) => desk.journal.waitFor(predicate, limitMs),
    misbehave: (told, scope) => desk.plans.add(told, inLowerCase(scope)),
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

/** As the desk knows device tokens. */
function inLowerCase(scope: Scope = {}): Scope {
  return scope.token === undefined ? scope : { ...scope, token: scope.token.toLowerCase() };
}
