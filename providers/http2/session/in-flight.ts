import { endUnwritten, isImpatient, overdue, settleJob, type Exchange, type Job } from '../exchange.ts';
import type { ClientStream } from '../wire/client-stream.ts';

/** The jobs of one session that are on the wire or about to be; each leaves when its stream ends, or is taken back. */
export class InFlight extends Set<Job> {
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

  /** Settles those that have waited long enough and may not be tried again; the streams of all that have, to be cancelled. */
  giveUp(now: number): readonly ClientStream[] {
    const givenUp: ClientStream[] = [];
    for (const job of this) {
      if (job.isSettled || job.stream === undefined) continue;
      const reason = overdue(job.request, now);
      if (reason !== undefined) settleJob(job, endOf(job, reason, now));
      else if (!isImpatient(job, now)) continue;
      givenUp.push(job.stream);
    }
    return givenUp;
  }

  /** Those that did not leave this process whole, so that nobody can have processed them, and their streams, to be cancelled. */
  takeBack(): readonly { readonly job: Job; readonly stream: ClientStream }[] {
    const unwritten: { readonly job: Job; readonly stream: ClientStream }[] = [];
    for (const job of this) {
      const { stream } = job;
      if (job.isSettled || stream === undefined || stream.isWritten) continue;
      unwritten.push({ job, stream });
      this.leave(job);
    }
    return unwritten;
  }
}

function endOf(job: Job, reason: string, now: number): Exchange {
  const unwritten = job.stream?.isWritten === false ? endUnwritten(job.request, now) : undefined;
  return unwritten ?? { kind: 'in-doubt', reason };
}
