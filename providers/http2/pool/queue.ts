import { endUnwritten, settleJob, type Job } from '../exchange.ts';

/** Jobs waiting for a session, in order. What leaves it other than by `next` is settled as unsent, or expired. */
export class JobQueue {
  #jobs: Job[] = [];
  /** Those that were on their way already; they go first. */
  #returned: Job[] = [];

  get length(): number {
    return this.#jobs.length + this.#returned.length;
  }

  push(job: Job): void {
    this.#jobs.push(job);
  }

  pushReturned(job: Job): void {
    this.#returned.push(job);
  }

  next(): Job | undefined {
    return this.#returned.shift() ?? this.#jobs.shift();
  }

  dropOverdue(now: number): void {
    for (const job of this.#all()) {
      const end = endUnwritten(job.request, now);
      if (end !== undefined) settleJob(job, end);
    }
    this.#jobs = withoutSettled(this.#jobs);
    this.#returned = withoutSettled(this.#returned);
  }

  dropAll(reason: string, afterMs = 0): void {
    const dropped = this.#all();
    this.#jobs = [];
    this.#returned = [];
    for (const job of dropped) settleJob(job, { kind: 'unsent', reason, ...(afterMs > 0 ? { afterMs } : {}) });
  }

  #all(): readonly Job[] {
    return this.#returned.length === 0 ? this.#jobs : [...this.#returned, ...this.#jobs];
  }
}

function withoutSettled(jobs: Job[]): Job[] {
  return jobs.some((job) => job.isSettled) ? jobs.filter((job) => !job.isSettled) : jobs;
}
