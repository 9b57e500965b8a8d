import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { topicsOf } from '../topics.ts';
import { createProviderTokens, type KnownKey } from './provider-tokens.ts';
import { buildRefusal, type Refusal } from './refusal.ts';
import { headerOf, type SandboxRequest } from './request.ts';
import { createStreamLimit, type Habit, type StreamLimit } from './stream-limit.ts';

const freezeAgainMs = 5;

/** What is told apart on a connection: who asks, and what he may push to. */
export interface ConnectionRules {
  readonly keys: readonly KnownKey[];
  isKnownTopic(topic: string): boolean;
  /** Streams allowed once the client has proved itself. */
  readonly streams: number;
  readonly habits: ReadonlySet<Habit>;
  readonly clock: () => number;
}

/** One client's connection. */
export interface Connection {
  readonly number: number;
  readonly session: ServerHttp2Session;
  readonly certificateSerial: string | undefined;
  /** Topic of a push that names none: the certificate's own. */
  readonly defaultTopic: string | undefined;
  isAllowedTopic(topic: string): boolean;
  authenticate(request: SandboxRequest): Refusal | undefined;
  /** From now on every provider token is an expired one. */
  wedge(): void;
  answered(status: number): void;
  /** Whether this stream is not to be served any more: frozen, or above the last stream id of a GOAWAY. */
  isDeafTo(stream: ServerHttp2Stream): boolean;
  goAway(code: number, lastStreamId: number, data?: Buffer): void;
  /** Neither reads nor answers any more, pings included, until it is cut. */
  freeze(): void;
  /** Ends the TCP connection without a word of TLS or HTTP/2: by FIN or by RST. */
  cut(how: 'fin' | 'rst'): void;
  /** Closes its own direction of the TCP connection and goes on reading, but reacts to nothing. */
  halfClose(): void;
}

export function createConnection(number: number, session: ServerHttp2Session, raw: Socket, rules: ConnectionRules): Connection {
  const peer = session.socket as TLSSocket;
  const certificate = peer.getPeerX509Certificate();
  const limit = createStreamLimit(session, rules.streams, rules.habits);
  const identity = certificate === undefined ? identifyByToken(limit, rules) : identifyByCertificate(limit, peer, certificate.raw);
  let lastStreamId = Infinity;
  let isWedged = false;
  return {
    number,
    session,
    certificateSerial: certificate?.serialNumber,
    ...identity,
    authenticate: (request) => (isWedged ? buildRefusal('ExpiredProviderToken') : identity.authenticate(request)),
    wedge: () => void (isWedged = true),
    answered: (status) => limit.answered(status),
    isDeafTo: (stream) => stream.id === undefined || stream.id > lastStreamId,
    goAway(code, last, data) {
      session.goaway(code, last, data);
      lastStreamId = code === 0 ? last : 0;
    },
    freeze() {
      lastStreamId = 0;
      freeze(raw);
    },
    cut(how) {
      if (how === 'rst') raw.resetAndDestroy();
      else raw.destroy();
      session.destroy();
    },
    halfClose() {
      lastStreamId = 0;
      raw.end();
    },
  };
}

type Identity = Pick<Connection, 'defaultTopic' | 'isAllowedTopic' | 'authenticate'>;

function identifyByCertificate(limit: StreamLimit, peer: TLSSocket, certificate: Buffer): Identity {
  const topics = topicsOf(certificate);
  limit.proven();
  return {
    defaultTopic: topics[0],
    isAllowedTopic: (topic) => topics.includes(topic),
    authenticate: () => (peer.authorized ? undefined : buildRefusal('BadCertificate')),
  };
}

/** Apple allows one stream until a valid token has been seen. */
function identifyByToken(limit: StreamLimit, rules: ConnectionRules): Identity {
  const tokens = createProviderTokens(rules.keys, rules.clock);
  return {
    defaultTopic: undefined,
    isAllowedTopic: (topic) => rules.isKnownTopic(topic),
    authenticate(request) {
      const refusal = tokens.check(headerOf(request, 'authorization'));
      if (refusal === undefined) limit.proven();
      return refusal;
    },
  };
}

/** Below TLS, so that not even a ping is answered. Node has no public way to stop reading there. */
function freeze(raw: Socket): void {
  const { _handle: handle } = raw as unknown as { readonly _handle: { readStop(): void } | null };
  handle?.readStop();
  // A write still under way makes HTTP/2 read again when it is done.
  const timer = setInterval(() => handle?.readStop(), freezeAgainMs);
  raw.once('close', () => clearInterval(timer));
}
