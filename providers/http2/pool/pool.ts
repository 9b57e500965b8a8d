// Room: requests find a connection with room. In: requests. Out: exchanges. May enter: providers.
import { createBeat } from './beat.ts';
import { Connector, type PoolLog } from '../connect/connector.ts';
import type { Endpoint } from '../endpoint.ts';
import { buildJob, overdue, settleJob, type Exchange, type Job, type Request } from '../exchange.ts';
import { JobQueue } from './queue.ts';
import { SessionSet } from './session-set.ts';
import type { SessionOwner } from '../session/owner.ts';
import type { Session } from '../session/session.ts';
import { buildCounters, type Traffic } from './traffic.ts';
import { waitUntil } from '../../../src/base/wait-until.ts';

const drainLimitMs = 5_000;
const growEveryMs = 1_000;
const maxQueued = 10_000;
const maxResends = 3;
const usualMaxSessions = 4;

/**
 * A few HTTP/2 connections to one endpoint and the queue before them. It connects when there is work, resends at
 * most three times what a server surely did not process, once what is in doubt (where the endpoint says so), and reports
 * everything else as it happened.
 */
export interface Pool {
  /** Settles by the request's deadline, shortly after its signal aborts, or when the pool closes; never rejects. */
  request(request: Request): Promise<Exchange>;
  /** Connections open right now. */
  readonly sessions: number;
  /** For the `:authority` header. */
  readonly authority: string;
  readonly traffic: Traffic;
  /** Waits up to five seconds for requests under way, then ends every connection and timer. */
  close(): Promise<void>;
}

export function createPool(endpoint: Endpoint, log: PoolLog): Pool {
  return new SessionPool(endpoint, log);
}

class SessionPool implements Pool, SessionOwner<Session> {
  readonly traffic = buildCounters();
  #log: PoolLog;
  #connector: Connector;
  #goaways: Endpoint['goaways'];
  #repeatsInDoubt: boolean;
  #maxSessions: number;
  #queue = new JobQueue();
  #open = new SessionSet();
  #connecting: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #isClosing = false;
  #timer = createBeat((now, isLate) => this.#beat(now, isLate));
  #triedAt = 0;

  constructor(endpoint: Endpoint, log: PoolLog) {
    this.#log = log;
    this.#connector = new Connector(endpoint, log);
    this.#goaways = endpoint.goaways;
    this.#repeatsInDoubt = endpoint.repeatsInDoubt === true;
    this.#maxSessions = endpoint.maxSessions ?? usualMaxSessions;
  }

  get authority(): string {
    return this.#connector.host;
  }

  get sessions(): number {
    return this.#open.size;
  }

  request(request: Request): Promise<Exchange> {
    return new Promise((resolve) => {
      const job = buildJob(request, (exchange) => {
        if (exchange.kind === 'in-doubt') this.traffic.inDoubt += 1;
        resolve(exchange);
      });
      const refusal = this.#refusal(request);
      if (refusal !== undefined) settleJob(job, refusal);
      else {
        this.#queue.push(job);
        this.#timer.start();
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
      if (job === undefined) break;
      if (session.send(job)) this.traffic.sent += 1;
    }
    if (this.#queue.length > 0 && !this.#open.hasTrusted()) this.#connect();
  }

  onReturned(job: Job, reason: string): void {
    if (job.isSettled) return;
    job.resends += 1;
    if (job.resends > maxResends || this.#isClosing) return settleJob(job, { kind: 'unsent', reason });
    this.traffic.resentUnsent += 1;
    this.#queue.pushReturned(job);
  }

  onDoubt(job: Job, reason: string): void {
    if (job.isSettled) return;
    const isOver = overdue(job.request, performance.now()) !== undefined;
    const isLast = !this.#repeatsInDoubt || job.doubt !== undefined || this.#isClosing || isOver;
    job.doubt ??= reason;
    if (isLast) return settleJob(job, { kind: 'in-doubt', reason });
    this.traffic.resentInDoubt += 1;
    this.#queue.pushReturned(job);
  }

  onFirstAnswer(): void {
    this.#connector.succeeded();
  }

  onSilent(session: Session): void {
    this.#connector.fellSilent(session);
  }

  onGoaway(code: number, reason: string): void {
    this.traffic.goaways += 1;
    this.#goaways?.count(code, reason);
    this.#log.warn('http2-goaway', { endpoint: this.#connector.host, code, reason });
  }

  onClosed(session: Session, reason: string): void {
    if (!this.#open.delete(session)) return;
    this.#log.debug('http2-session-closed', { endpoint: this.#connector.host, reason });
    // A connection that ends before it was of any use counts as a failed attempt; a silent one did when it fell silent.
    if (!session.standing.hasAnswered && !session.isSilent && !this.#isClosing) this.#connector.failed(reason);
    this.onRoom();
  }

  #refusal(request: Request): Exchange | undefined {
    if (this.#isClosing) return { kind: 'unsent', reason: 'closing' };
    if (request.signal.aborted) return { kind: 'unsent', reason: 'aborted' };
    if (this.#queue.length >= maxQueued) return { kind: 'unsent', reason: 'queue full' };
    const afterMs = this.#connector.waitMs();
    return afterMs > 0 && !this.#open.hasPromising() ? { kind: 'unsent', reason: this.#connector.lastFailure, afterMs } : undefined;
  }

  #connect(): void {
    if (this.#connecting !== undefined || this.#isClosing) return;
    const isFull = this.#open.isFull(2 * this.#maxSessions);
    if (isFull && !this.#open.hasSilent()) return;
    const afterMs = this.#connector.waitMs();
    if (afterMs === 0 && !isFull) this.#connecting = this.#tryConnect();
    // Nobody waits for a connection that is not even being tried: whoever asked may come back in time for the next try.
    else if (!this.#open.hasPromising()) this.#queue.dropAll(this.#connector.lastFailure || 'no connection answers', afterMs);
  }

  async #tryConnect(): Promise<void> {
    this.#triedAt = performance.now();
    const session = await this.#connector.connect(this);
    this.#connecting = undefined;
    if (session !== undefined) {
      this.traffic.connections += 1;
      // One that takes the place of an old one: both are used by whoever comes in between.
      this.#open.oldest(performance.now())?.retire();
      this.#open.add(session);
      this.#log.debug('http2-session-opened', { endpoint: this.#connector.host, sessions: this.#open.size });
    }
    this.onRoom();
  }

  /** Deadlines, aborted signals, pings, silence, growth; it stops itself when there is no work. */
  #beat(now: number, isLate: boolean): void {
    for (const session of this.#open) {
      // We were busy, not the server: what it said meanwhile is read first.
      if (isLate) session.forgive(now);
      else session.beat(now);
    }
    this.#queue.dropOverdue(now);
    this.onRoom();
    const isShort = this.#queue.length > 0 && this.#open.needsMore(this.#maxSessions);
    if (now - this.#triedAt > growEveryMs && (isShort || this.#open.oldest(now) !== undefined)) this.#connect();
    if (this.#queue.length === 0 && !this.#open.hasWork()) this.#timer.stop();
  }

  async #drain(): Promise<void> {
    this.#isClosing = true;
    this.#queue.dropAll('closing');
    await waitUntil(() => !this.#open.hasWork(), drainLimitMs);
    this.#connector.close();
    await this.#connecting;
    for (const session of this.#open) session.destroy('closing');
    await waitUntil(() => this.#open.size === 0, drainLimitMs);
    this.#timer.stop();
    this.#log.debug('http2-traffic', { endpoint: this.#connector.host, ...this.traffic });
  }
}
