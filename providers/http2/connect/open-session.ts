import { once } from 'node:events';
import { connect } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Endpoint } from '../endpoint.ts';
import type { SessionOwner } from '../session/owner.ts';
import { Session } from '../session/session.ts';

/**
 * Speaks HTTP/2 on a fresh socket. Resolves after the server's SETTINGS, so that not even the first burst exceeds its
 * limit; rejects, destroying the socket, when they don't come before the signal aborts. The caller ends the session.
 */
export async function openSession(
  socket: TLSSocket,
  endpoint: Endpoint,
  owner: SessionOwner<Session>,
  signal: AbortSignal,
): Promise<Session> {
  // Until SETTINGS arrive Node would allow 100 streams, where Apple allows one.
  const http2 = connect(endpoint.origin, {
    createConnection: () => socket,
    settings: { enablePush: false },
    peerMaxConcurrentStreams: 1,
    maxSessionMemory: 64,
  });
  // GOAWAY or an error may come in the same read as SETTINGS: the session listens from the start.
  const session = new Session(http2, socket, owner, endpoint);
  const closed = new AbortController();
  http2.once('close', () => closed.abort());
  try {
    await once(http2, 'remoteSettings', { signal: AbortSignal.any([signal, closed.signal]) });
    return session;
  } catch (error) {
    const failure = session.failure;
    session.destroy(failure);
    throw new Error(closed.signal.aborted ? failure : 'no SETTINGS in time', { cause: error });
  }
}
