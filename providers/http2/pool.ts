import { setTimeout } from 'node:timers/promises';
import { Connector, type PoolLog } from './connector.ts';
import type { Endpoint } from './dial.ts';
import { buildJob, settleJob, type Exchange, type Job, type Request } from './exchange.ts';
import { JobQueue } from './queue.ts';
import { SessionSet } from './session-set.ts';
import type { SessionOwner } from './session-owner.ts';
import type { Session } from './session.ts';

const beatMs = 100;
const drainLimitMs = 5_000;
const growEveryMs = 1_000;
const pollMs = 10;
const maxQueued = 10_000;
const maxResends = 3;
const maxSessions = 4;

/**
 * Up to four HTTP/2 connections to one endpoint and the queue before them. It connects when there is work, resends at
 * most three times what a server surely did not process, and reports everything else as it happened.
 */
export interface Pool {
  /** Settles by the request's deadline, shortly after its signal aborts, or when the pool closes; never rejects. */
  request(request: Request): Promise<Exchange>;
  /** Connections open right now. */
  readonly sessions: number;
  /** For the `:authority` header. */
  readonly authority: string;
  /** Waits up to five seconds for requests under way, then ends every connection and timer. */
  close(): Promise<void>;
}

export function createPool(endpoint: Endpoint, log: PoolLog): Pool {
  return new SessionPool(endpoint, log);
}

class SessionPool implements Pool, SessionOwner {
  #log: PoolLog;
  #connector: Connector;
  #queue = new JobQueue();
  #open = new SessionSet();
  #connecting: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #isClosing = false;
  #timer: NodeJS.Timeout | undefined;
  #beatAt = 0;
  #triedAt = 0;

  constructor(endpoint: Endpoint, log: PoolLog) {
    this.#log = log;
    this.#connector = new Connector(endpoint, log);
  }

  get authority(): string {
    return this.#connector.host;
  }

  get sessions(): number {
    return this.#open.size;
  }

  request(request: Request): Promise<Exchange> {
    return new Promise((resolve) => {
      const job = buildJob(request, resolve);
      const refusal = this.#refusal(request);
      if (refusal !== undefined) settleJob(job, refusal);
      else {
        this.#queue.push(job);
        this.#startBeating();
        this.onRoom();
      }
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#drain();
    return this.#closed;
  }

  /** Hands waiting jobs to the sessions, the least loaded first; connects where there is none. */
  onRoom(): void {
    while (this.#queue.length > 0) {
      const session = this.#open.roomiest();
      if (session === undefined) break;
      const job = this.#queue.next();
      if (job !== undefined) session.send(job);
    }
    if (this.#queue.length > 0 && !this.#open.hasUsable()) this.#connect();
  }

  onReturned(job: Job, reason: string): void {
    if (job.isSettled) return;
    job.resends += 1;
    if (job.resends > maxResends || this.#isClosing) settleJob(job, { kind: 'unsent', reason });
    else this.#queue.push(job);
  }

  onFirstAnswer(): void {
    this.#connector.succeeded();
  }

  onGoaway(code: number, reason: string): void {
    this.#log.warn('http2-goaway', { endpoint: this.#connector.host, code, reason });
  }

  onClosed(session: Session, reason: string): void {
    if (!this.#open.delete(session)) return;
    this.#log.debug('http2-session-closed', { endpoint: this.#connector.host, reason });
    // A connection that ends before it was of any use counts as a failed attempt.
    if (!session.hasAnswered) this.#connector.failed(reason);
    this.onRoom();
  }

  #refusal(request: Request): Exchange | undefined {
    if (this.#isClosing) return { kind: 'unsent', reason: 'closing' };
    if (request.signal.aborted) return { kind: 'unsent', reason: 'aborted' };
    if (this.#queue.length >= maxQueued) return { kind: 'unsent', reason: 'queue full' };
    const afterMs = this.#connector.waitMs();
    return afterMs > 0 && !this.#open.hasUsable() ? { kind: 'unsent', reason: this.#connector.lastFailure, afterMs } : undefined;
  }

  #connect(): void {
    if (this.#connecting !== undefined || this.#isClosing || this.#open.size >= 2 * maxSessions) return;
    const afterMs = this.#connector.waitMs();
    if (afterMs === 0) this.#connecting = this.#tryConnect();
    // Nobody waits for a connection that is not even being tried: whoever asked may come back in time for the next try.
    else if (!this.#open.hasUsable()) this.#queue.dropAll(this.#connector.lastFailure, afterMs);
  }

  async #tryConnect(): Promise<void> {
    this.#triedAt = Date.now();
    const session = await this.#connector.connect(this);
    this.#connecting = undefined;
    if (session !== undefined) this.#opened(session);
    this.onRoom();
  }

  #opened(session: Session): void {
    this.#open.add(session);
    this.#log.debug('http2-session-opened', { endpoint: this.#connector.host, sessions: this.#open.size });
  }

  #startBeating(): void {
    if (this.#timer !== undefined) return;
    this.#beatAt = Date.now();
    this.#timer = setInterval(() => this.#beat(Date.now()), beatMs);
  }

  /** The one coarse timer: deadlines, aborted signals, pings, growth. It stops itself when there is no work. */
  #beat(now: number): void {
    const isLate = now - this.#beatAt > 10 * beatMs;
    this.#beatAt = now;
    for (const session of this.#open) {
      // We were busy, not the server: what it said meanwhile is read first.
      if (isLate) session.forgive(now);
      else session.beat(now);
    }
    this.#queue.dropOverdue(now);
    this.onRoom();
    if (this.#queue.length > 0 && now - this.#triedAt > growEveryMs && this.#open.needsMore(maxSessions)) this.#connect();
    if (this.#queue.length === 0 && !this.#open.hasWork()) this.#stopBeating();
  }

  async #drain(): Promise<void> {
    this.#isClosing = true;
    this.#queue.dropAll('closing');
    await this.#until(() => !this.#open.hasWork(), drainLimitMs);
    this.#connector.close();
    await this.#connecting;
    for (const session of this.#open) session.destroy('closing');
    await this.#until(() => this.#open.size === 0, drainLimitMs);
    this.#stopBeating();
  }

  async #until(condition: () => boolean, limitMs: number): Promise<void> {
    const limit = Date.now() + limitMs;
    while (!condition() && Date.now() < limit) await setTimeout(pollMs);
  }

  #stopBeating(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
