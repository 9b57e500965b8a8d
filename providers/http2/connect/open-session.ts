import type { Duplex } from 'node:stream';
import { untilAborted } from '../../../src/base/limit.ts';
import type { Endpoint } from '../endpoint.ts';
import type { SessionOwner } from '../session/owner.ts';
import { Session } from '../session/session.ts';

/**
 * Speaks HTTP/2 on a fresh socket. Resolves after the server's SETTINGS, so that not even the first burst exceeds its
 * limit; rejects, destroying the socket, when they don't come before the signal aborts. The caller ends the session.
 */
export async function openSession(socket: Duplex, endpoint: Endpoint, owner: SessionOwner<Session>, signal: AbortSignal): Promise<Session> {
  const session = new Session(socket, owner, endpoint);
  if (await isReady(session, signal)) return session;
  throw new Error(session.failure);
}

async function isReady(session: Session, signal: AbortSignal): Promise<boolean> {
  try {
    return await untilAborted(session.ready, signal);
  } catch {
    // Nobody told its limits in time.
    session.destroy('no SETTINGS in time');
    return false;
  }
}
