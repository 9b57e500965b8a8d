import { constants, type ClientHttp2Stream } from 'node:http2';
import { endUnwritten, isImpatient, overdue, settleJob, type Exchange, type Job } from '../exchange.ts';

/** The jobs of one session that are on the wire or in Node's hands; each leaves when its stream closes, or is taken back. */
export class InFlight extends Set<Job> {
  enter(job: Job, stream: ClientHttp2Stream, now: number): void {
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

  /** Ends the streams of those that have waited long enough, and settles the ones that may not be tried again; how many. */
  giveUp(now: number): number {
    let givenUp = 0;
    for (const job of this) {
      if (job.isSettled) continue;
      const reason = overdue(job.request, now);
      if (reason !== undefined) settleJob(job, endOf(job, reason, now));
      else if (job.stream?.closed === true || !isImpatient(job, now)) continue;
      job.stream?.close(constants.NGHTTP2_CANCEL);
      givenUp += 1;
    }
    return givenUp;
  }

  /** Those that did not leave this process whole: of a stream that is cancelled Node writes nothing more. */
  takeBack(): readonly Job[] {
    const unwritten = [...this].filter((job) => !job.isSettled && !hasLeft(job));
    for (const job of unwritten) {
      job.stream?.close(constants.NGHTTP2_CANCEL);
      this.leave(job);
    }
    return unwritten;
  }
}

/** Whether Node has written all of a request; until then nobody can have processed it. Of a stream that is gone nobody knows. */
function hasLeft({ stream }: Job): boolean {
  return stream?.state.localClose !== 0;
}

function endOf(job: Job, reason: string, now: number): Exchange {
  const unwritten = hasLeft(job) ? undefined : endUnwritten(job.request, now);
  return unwritten ?? { kind: 'in-doubt', reason };
}
