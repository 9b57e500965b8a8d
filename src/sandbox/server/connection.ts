import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { buildNoLimit, createStreamLimit, type StreamLimit, type StreamRules } from './stream-limit.ts';

const freezeAgainMs = 5;

/** One client's connection. */
export interface Connection {
  readonly number: number;
  readonly peer: TLSSocket;
  readonly limit: StreamLimit;
  /** Whether this stream is not to be served any more: frozen, or above the last stream id of a GOAWAY. */
  isDeafTo(streamId: number | undefined): boolean;
  /** Nothing over HTTP/1.1, which has no such word. */
  goAway(code: number, lastStreamId: number, data?: Buffer): void;
  /** Neither reads nor answers any more, pings included, until it is cut. */
  freeze(): void;
  /** Ends the TCP connection without a word of TLS or HTTP/2: by FIN or by RST. */
  cut(how: 'fin' | 'rst'): void;
  /** Closes its own direction of the TCP connection and goes on reading, but reacts to nothing. */
  halfClose(): void;
}

/** The sockets of a connection, and its HTTP/2 session where it has one. */
export interface Sockets {
  readonly raw: Socket;
  readonly peer: TLSSocket;
  readonly session: ServerHttp2Session | undefined;
}

export function createConnection(number: number, { raw, peer, session }: Sockets, rules: StreamRules): Connection {
  let lastStreamId = Infinity;
  return {
    number,
    peer,
    limit: session === undefined ? buildNoLimit() : createStreamLimit(session, rules),
    isDeafTo: (streamId) => streamId === undefined || streamId > lastStreamId,
    goAway(code, last, data) {
      if (session === undefined) return;
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
      session?.destroy();
    },
    halfClose() {
      lastStreamId = 0;
      raw.end();
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
