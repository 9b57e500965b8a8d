import { constants, type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { Body } from './body.ts';
import type { Endpoint } from './endpoint.ts';
import { describeError, overdue, settleJob, type Job } from './exchange.ts';
import { Farewell } from './farewell.ts';
import { Liveness } from './liveness.ts';
import type { SessionOwner } from './session-owner.ts';
import { Standing } from './standing.ts';

const defaultAgeMs = 12 * 60 * 60_000;

/**
 * One HTTP/2 connection. It never takes more jobs than the server and its own standing allow at this moment, settles or
 * returns each one when its stream closes (a stream may end without response and without error), and notices a peer that
 * went silent by PING.
 * A session is in use until `retire`, a GOAWAY or a failure; then it finishes what it has and closes itself.
 */
export class Session {
  readonly inFlight = new Set<Job>();
  /** `performance.now()` from which on it should be replaced. */
  readonly endOfLife: number;
  /** Why the connection ended or is about to. */
  failure = 'connection closed';
  #http2: ClientHttp2Session;
  #socket: TLSSocket;
  #owner: SessionOwner;
  #isRetired = false;
  #isRefusing = false;
  #farewell = new Farewell();
  #liveness: Liveness;
  #standing: Standing;

  constructor(http2: ClientHttp2Session, socket: TLSSocket, owner: SessionOwner, endpoint: Endpoint) {
    this.#http2 = http2;
    this.#socket = socket;
    this.#owner = owner;
    this.#liveness = new Liveness(http2);
    this.#standing = new Standing(endpoint);
    this.endOfLife = performance.now() + (endpoint.sessionAgeMs ?? defaultAgeMs) * (0.75 + Math.random() / 2);
    http2.on('error', (error) => (this.failure = describeError(error)));
    http2.on('goaway', (code: number, lastStreamId: number, data?: Buffer) => this.#goaway(code, lastStreamId, data));
    http2.on('remoteSettings', () => {
      this.#standing.limited(this.#allowedStreams);
      owner.onRoom();
    });
    // Streams may report their end after the session does.
    http2.on('close', () => setImmediate(() => this.#closed()));
    if (http2.destroyed) setImmediate(() => this.#closed());
  }

  get isUsable(): boolean {
    return !this.#isRetired && !this.#http2.closed && !this.#http2.destroyed;
  }

  /** Usable, and not silent for suspiciously long. */
  get isTrusted(): boolean {
    return this.isUsable && !this.#liveness.isSuspect;
  }

  get hasAnswered(): boolean {
    return this.#standing.hasAnswered;
  }

  /** How many jobs it takes right now. */
  get room(): number {
    return this.isTrusted && !this.#isRefusing ? this.#standing.limit(this.#allowedStreams) - this.inFlight.size : 0;
  }

  /** Whether one more connection helps when this one is full. */
  get wantsCompany(): boolean {
    return this.#standing.wantsCompany(this.#allowedStreams);
  }

  get #allowedStreams(): number | undefined {
    return this.#http2.remoteSettings.maxConcurrentStreams;
  }

  send(job: Job): void {
    const stream = this.#open(job);
    if (stream === undefined) return;
    job.stream = stream;
    this.inFlight.add(job);
    let headers: IncomingHttpHeaders | undefined;
    let body: Body | undefined;
    stream.on('response', (response, flags) => {
      headers = response;
      if ((flags & constants.NGHTTP2_FLAG_END_STREAM) === 0) body = new Body(stream);
    });
    stream.on('error', ignoreError);
    stream.on('close', () => this.#finished(job, stream, headers, body?.text ?? ''));
    stream.resume();
    stream.end(job.request.body);
  }

  /** Takes no further jobs; closes when those under way are done. */
  retire(): void {
    this.#isRetired = true;
    if (this.inFlight.size === 0) this.#end();
  }

  destroy(reason: string): void {
    this.failure = reason;
    this.#end();
  }

  /** Called a few times a second while there is work. Node's ping has no time-out of its own, so this is it. */
  beat(now: number): void {
    this.#isRefusing = false;
    if (this.inFlight.size === 0) return;
    this.#abandonOverdue(now);
    if (this.#liveness.hasDied(now)) this.destroy('no answer to a ping');
  }

  /** The clock was not looked at for a while (we were busy): a waiting ping gets its full time again. */
  forgive(now: number): void {
    this.#liveness.forgive(now);
  }

  #abandonOverdue(now: number): void {
    for (const job of this.inFlight) {
      const reason = job.isSettled ? undefined : overdue(job, now);
      if (reason === undefined) continue;
      settleJob(job, { kind: 'in-doubt', reason });
      job.stream?.close(constants.NGHTTP2_CANCEL);
      this.#standing.abandoned();
    }
    if (this.#standing.isHopeless) this.#isRetired = true;
  }

  #open(job: Job): ClientHttp2Stream | undefined {
    try {
      return this.#http2.request(job.request.headers);
    } catch (error) {
      // A GOAWAY may have been processed that was not announced yet, or the stream ids are used up.
      this.retire();
      this.#owner.onReturned(job, describeError(error));
      return undefined;
    }
  }

  #finished(job: Job, stream: ClientHttp2Stream, headers: IncomingHttpHeaders | undefined, body: string): void {
    this.inFlight.delete(job);
    job.stream = undefined;
    if (headers !== undefined) this.#answered(job, headers, body);
    else if (this.#farewell.excludes(stream)) this.#owner.onReturned(job, this.failure);
    else if (this.#isRefused(stream)) this.#refused(job);
    else this.#owner.onDoubt(job, this.#http2.destroyed ? this.failure : `stream closed without an answer (code ${stream.rstCode})`);
    if (this.#isRetired && this.inFlight.size === 0) this.#end();
    this.#owner.onRoom();
  }

  #answered(job: Job, headers: IncomingHttpHeaders, body: string): void {
    const status = Number(headers[':status']);
    if (!this.hasAnswered) this.#owner.onFirstAnswer();
    this.#standing.answered(status);
    this.#liveness.heard();
    settleJob(job, { kind: 'answered', status, headers, body, session: this });
  }

  /** RFC 9113 §8.7. When a GOAWAY with an error kills the session, Node gives its code to every stream: that says nothing. */
  #isRefused(stream: ClientHttp2Stream): boolean {
    return stream.rstCode === constants.NGHTTP2_REFUSED_STREAM && !this.#http2.destroyed;
  }

  /** Not processed. A server that refuses below its own limit is asked again at the next beat only. */
  #refused(job: Job): void {
    this.#isRefusing = true;
    this.#owner.onReturned(job, 'stream refused');
  }

  #goaway(code: number, lastStreamId: number, data: Buffer | undefined): void {
    const reason = this.#farewell.heard(lastStreamId, data);
    if (reason === undefined) return;
    this.failure = `GOAWAY code ${code}${reason === '' ? '' : ` ${reason}`}`;
    this.#owner.onGoaway(code, reason);
    this.retire();
  }

  /** After a GOAWAY Node only half-closes the socket and waits for the peer to do the rest, for ever if need be. */
  #end(): void {
    this.#http2.destroy();
    this.#socket.destroy();
  }

  #closed(): void {
    this.#isRetired = true;
    const left = [...this.inFlight];
    this.inFlight.clear();
    for (const job of left) this.#owner.onDoubt(job, this.failure);
    this.#owner.onClosed(this, this.failure);
  }
}

/** 'close' follows every error and settles. */
function ignoreError(): void {
  return;
}
