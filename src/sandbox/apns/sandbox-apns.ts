import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Authority } from '../authority.ts';
import { createDesk, type Witness } from './desk.ts';
import type { DeviceTokens } from './device-tokens.ts';
import { Front } from './front.ts';
import type { Journal, SandboxPush } from './journal.ts';
import type { Misbehaviour, Scope } from './misbehaviour.ts';
import type { KnownKey } from './provider-tokens.ts';
import { splitTopic } from './push-type.ts';
import type { Habit } from './stream-limit.ts';

const streamsByDefault = 1000;
const keptByDefault = 10_000;

export interface SandboxApnsOptions extends Witness {
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
export interface SandboxApns extends Pick<DeviceTokens, 'expire' | 'markBad' | 'markForTopic' | 'revive'>, Pick<Journal, 'waitFor'> {
  /** `https://localhost:<port>`, for the provider's endpoint. */
  readonly origin: string;
  /** Accepted pushes, oldest first. */
  readonly pushes: readonly SandboxPush[];
  /** Connections open right now, and so far. */
  readonly connections: { readonly open: number; readonly total: number };
  /** Does this to pushes that are in order, from the next one on. */
  misbehave(told: Misbehaviour, scope?: Scope): void;
  /** Takes on a habit, on every connection. */
  adopt(habit: Habit): void;
  /** Behaves well again. */
  behave(): void;
  /** Ends every connection. Called by whoever created it. */
  close(): Promise<void>;
}

/** Settles when the port listens; rejects when it can't. */
export async function createSandboxApns(options: SandboxApnsOptions): Promise<SandboxApns> {
  const { authority, topics, keys = [], host = '127.0.0.1', port = 0, clock = Date.now, streams = streamsByDefault } = options;
  const isKnownTopic = (topic: string) => topics === undefined || topics.includes(splitTopic(topic).bundleId);
  const desk = createDesk(options.keep ?? keptByDefault, options);
  const habits = new Set<Habit>();
  const server = createServer(authority);
  const front = new Front(server, desk, { keys, isKnownTopic, streams, habits, clock });
  await listen(server, port, host);
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    pushes: desk.journal.pushes,
    get connections() {
      return front.connections;
    },
    expire: (token, since) => desk.tokens.expire(token, since),
    markBad: (token) => desk.tokens.markBad(token),
    markForTopic: (token, topic) => desk.tokens.markForTopic(token, topic),
    revive: (token) => desk.tokens.revive(token),
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

function createServer(authority: Authority): Http2SecureServer {
  return createSecureServer({
    ...authority.server,
    ca: authority.ca,
    requestCert: true,
    // A stranger's certificate is refused in Apple's words, not by TLS.
    rejectUnauthorized: false,
    settings: { maxConcurrentStreams: 1 },
    // Node counts streams that are closed but not yet cleared away; a client that keeps to the limit must not pay for it.
    maxSessionRejectedStreams: 1_000_000,
    maxSessionMemory: 100,
  });
}

function listen(server: Http2SecureServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
