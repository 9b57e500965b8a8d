import type { Session } from './session.ts';

/** The open sessions of a pool, those finishing their last requests included. */
export class SessionSet extends Set<Session> {
  /** The session with most room, if any has some: one whose limit fell is the last to be chosen. */
  roomiest(): Session | undefined {
    let best: Session | undefined;
    let most = 0;
    for (const session of this) {
      const { room } = session;
      if (room <= most) continue;
      best = session;
      most = room;
    }
    return best;
  }

  hasUsable(): boolean {
    for (const session of this) if (session.isUsable) return true;
    return false;
  }

  /** Whether there is a session that is not under suspicion of being dead. */
  hasTrusted(): boolean {
    for (const session of this) if (session.isTrusted) return true;
    return false;
  }

  hasWork(): boolean {
    for (const session of this) if (session.inFlight.size > 0) return true;
    return false;
  }

  /** One more connection helps where the others are full of work or were throttled. */
  needsMore(most: number): boolean {
    const trusted = [...this].filter((session) => session.isTrusted);
    return trusted.length < most && trusted.every((session) => session.wantsCompany);
  }

  /** A session past its age. */
  oldest(now: number): Session | undefined {
    for (const session of this) if (session.isUsable && now >= session.endOfLife) return session;
    return undefined;
  }
}
