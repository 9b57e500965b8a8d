import type { Session } from './session.ts';

const worthFillingLimit = 100;

/** The open sessions of a pool, those finishing their last requests included. */
export class SessionSet extends Set<Session> {
  /** The session with most room, if any has some. */
  roomiest(): Session | undefined {
    let best: Session | undefined;
    for (const session of this) if (session.room > (best?.room ?? 0)) best = session;
    return best;
  }

  hasUsable(): boolean {
    for (const session of this) if (session.isUsable) return true;
    return false;
  }

  hasWork(): boolean {
    for (const session of this) if (session.inFlight.size > 0) return true;
    return false;
  }

  /** One more connection helps where the others are full of work, not where the server holds them at a few streams. */
  needsMore(most: number): boolean {
    const usable = [...this].filter((session) => session.isUsable);
    return usable.length < most && usable.every((session) => session.limit >= worthFillingLimit);
  }
}
