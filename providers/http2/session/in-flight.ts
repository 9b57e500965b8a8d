import { endUnwritten, isImpatient, overdue, settleJob, type Exchange, type Job } from '../exchange.ts';
import type { ClientStream } from '../wire/client-stream.ts';
import type { Connection } from '../wire/connection.ts';

/** The jobs of one session that are on the wire or about to be; each leaves when its stream ends, or is taken back. */
export class InFlight extends Set<Job> {
  readonly #connection: Pick<Connection, 'cancel'>;

  constructor(connection: Pick<Connection, 'cancel'>) {
    super();
    this.#connection = connection;
  }

  enter(job: Job, stream: ClientStream, now: number): void {
    job.stream = stream;
    job.sentAt = now;
    this.add(job);
  }

  leave(job: Job): void {
    job.stream = undefined;
    this.delete(job);
  }

  leaveAll(): readonly Job[] {
    const all = [...this];
    for (const job of all) this.leave(job);
    return all;
  }

  /** Cancels the streams of those that have waited long enough, and settles the ones that may not be tried again; how many. */
  giveUp(now: number): number {
    let givenUp = 0;
    for (const job of this) {
      if (job.isSettled || job.stream === undefined) continue;
      const reason = overdue(job.request, now);
      if (reason !== undefined) settleJob(job, endOf(job, reason, now));
      else if (!isImpatient(job, now)) continue;
      this.#connection.cancel(job.stream);
      givenUp += 1;
    }
    return givenUp;
  }

  /** Those that did not leave this process whole: nobody can have processed them, and nothing more of them is written. */
  takeBack(): readonly Job[] {
    const unwritten: Job[] = [];
    for (const job of this) {
      const { stream } = job;
      if (job.isSettled || stream === undefined || stream.isWritten) continue;
      this.leave(job);
      this.#connection.cancel(stream);
      unwritten.push(job);
    }
    return unwritten;
  }
}

function endOf(job: Job, reason: string, now: number): Exchange {
  const unwritten = job.stream?.isWritten === false ? endUnwritten(job.request, now) : undefined;
  return unwritten ?? { kind: 'in-doubt', reason };
}
