import { constants } from 'node:http2';
import { isImpatient, overdue, settleJob, type Job } from '../exchange.ts';

/** The jobs of one session that are on the wire; each leaves when its stream closes. */
export class InFlight extends Set<Job> {
  /** Ends the streams of those that have waited long enough, and settles the ones that may not be tried again; how many. */
  giveUp(now: number): number {
    let givenUp = 0;
    for (const job of this) {
      if (job.isSettled) continue;
      const reason = overdue(job, now);
      if (reason !== undefined) settleJob(job, { kind: 'in-doubt', reason });
      else if (job.stream?.closed === true || !isImpatient(job, now)) continue;
      job.stream?.close(constants.NGHTTP2_CANCEL);
      givenUp += 1;
    }
    return givenUp;
  }
}
