import type { Session } from '../session/session.ts';

const maxSilent = 2;

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

  /** Whether there is a session for which it is worth waiting. */
  hasPromising(): boolean {
    for (const session of this) if (session.isUsable && !session.isSilent) return true;
    return false;
  }

  hasSilent(): boolean {
    for (const session of this) if (session.isSilent) return true;
    return false;
  }

  /** Whether there are as many as there may be; a silent one or two do not stand in the way of another one. */
  isFull(most: number): boolean {
    if (this.size < most) return false;
    const silent = [...this].filter((session) => session.isSilent).length;
    return this.size - Math.min(silent, maxSilent) >= most;
  }

  /** Whether there is a session that is neither under suspicion of being dead nor silent. */
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
