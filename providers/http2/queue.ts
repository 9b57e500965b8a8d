import { overdue, settleJob, type Job } from './exchange.ts';

/** Jobs waiting for a session, in order. What leaves it other than by `next` is settled as unsent. */
export class JobQueue {
  #jobs: Job[] = [];

  get length(): number {
    return this.#jobs.length;
  }

  push(job: Job): void {
    this.#jobs.push(job);
  }

  next(): Job | undefined {
    return this.#jobs.shift();
  }

  dropOverdue(now: number): void {
    for (const job of this.#jobs) {
      const reason = overdue(job, now);
      if (reason !== undefined) settleJob(job, { kind: 'unsent', reason });
    }
    if (this.#jobs.some((job) => job.isSettled)) this.#jobs = this.#jobs.filter((job) => !job.isSettled);
  }

  dropAll(reason: string, afterMs = 0): void {
    for (const job of this.#jobs.splice(0)) settleJob(job, { kind: 'unsent', reason, ...(afterMs > 0 ? { afterMs } : {}) });
  }
}
