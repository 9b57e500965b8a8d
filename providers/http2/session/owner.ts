import type { Job } from '../exchange.ts';

/** What a session tells its pool. */
export interface SessionOwner<Session> {
  /** Room was made: by an answer, new settings or a finished stream. */
  onRoom(): void;
  /** The server surely did not process this job; it is the owner's again. */
  onReturned(job: Job, reason: string): void;
  /** Written, and then nothing; it is the owner's again. */
  onDoubt(job: Job, reason: string): void;
  /** The server answered something, for the first time or after a silence: the connection is good for work. */
  onFirstAnswer(): void;
  /** Requests are under way and none is answered: it takes no new one until one is, and closes when all are given up. */
  onSilent(session: Session): void;
  onGoaway(code: number, reason: string): void;
  /** Every job is settled or returned, the connection is gone. Comes once. */
  onClosed(session: Session, reason: string): void;
}
