import { constants, type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { describeError, overdue, settleJob, type Job } from './exchange.ts';
import { Liveness } from './liveness.ts';
import type { SessionOwner } from './session-owner.ts';

const maxInFlight = 500;
const maxBodyLength = 64 * 1024;
/** So many jobs given up in a row, and the session is given up too. */
const maxUnanswered = 20;

/**
 * One HTTP/2 connection. It never takes more jobs than the server allows at this moment, settles or returns each one when
 * its stream closes (a stream may end without response and without error), and notices a peer that went silent by PING.
 * A session is in use until `retire`, a GOAWAY or a failure; then it finishes what it has and closes itself.
 */
export class Session {
  readonly inFlight = new Set<Job>();
  hasAnswered = false;
  /** Why the connection ended or is about to. */
  failure = 'connection closed';
  #http2: ClientHttp2Session;
  #socket: TLSSocket;
  #owner: SessionOwner;
  #isRetired = false;
  #isRefusing = false;
  #lastStreamId: number | undefined;
  #liveness: Liveness;
  #unanswered = 0;

  constructor(http2: ClientHttp2Session, socket: TLSSocket, owner: SessionOwner) {
    this.#http2 = http2;
    this.#socket = socket;
    this.#owner = owner;
    this.#liveness = new Liveness(http2);
    http2.on('error', (error) => (this.failure = describeError(error)));
    http2.on('goaway', (code: number, lastStreamId: number, data?: Buffer) => this.#goaway(code, lastStreamId, data));
    http2.on('remoteSettings', () => owner.onRoom());
    // Streams may report their end after the session does.
    http2.on('close', () => setImmediate(() => this.#closed()));
    if (http2.destroyed) setImmediate(() => this.#closed());
  }

  get isUsable(): boolean {
    return !this.#isRetired && !this.#http2.closed && !this.#http2.destroyed;
  }

  /** How many jobs it takes right now. */
  get room(): number {
    return this.isUsable && !this.#isRefusing ? this.limit - this.inFlight.size : 0;
  }

  /** How many streams the server allows right now, as far as we would use them. */
  get limit(): number {
    return Math.min(this.#http2.remoteSettings.maxConcurrentStreams ?? maxInFlight, maxInFlight);
  }

  send(job: Job): void {
    const stream = this.#open(job);
    if (stream === undefined) return;
    job.stream = stream;
    this.inFlight.add(job);
    let headers: IncomingHttpHeaders | undefined;
    let body = '';
    stream.on('response', (response) => {
      headers = response;
      if (response[':status'] === 200) return;
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => (body += body.length > maxBodyLength ? '' : chunk));
    });
    stream.on('error', ignoreError);
    stream.on('close', () => this.#finished(job, stream, headers, body));
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
      this.#unanswered += 1;
    }
    if (this.#unanswered >= maxUnanswered) this.#isRetired = true;
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
    else if (this.#isAboveGoaway(stream)) this.#owner.onReturned(job, this.failure);
    else if (this.#isRefused(stream)) this.#refused(job);
    else
      settleJob(job, {
        kind: 'in-doubt',
        reason: this.#http2.destroyed ? this.failure : `stream closed without an answer (code ${stream.rstCode})`,
      });
    if (this.#isRetired && this.inFlight.size === 0) this.#end();
    this.#owner.onRoom();
  }

  #answered(job: Job, headers: IncomingHttpHeaders, body: string): void {
    if (!this.hasAnswered) this.#owner.onFirstAnswer();
    this.hasAnswered = true;
    this.#unanswered = 0;
    this.#liveness.heard();
    settleJob(job, { kind: 'answered', status: Number(headers[':status']), headers, body, session: this });
  }

  /** RFC 9113 §6.8: streams above the last stream id were not processed. */
  #isAboveGoaway(stream: ClientHttp2Stream): boolean {
    return stream.id === undefined || (this.#lastStreamId !== undefined && stream.id > this.#lastStreamId);
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

  /** With code 0 it may come twice, the second time without data but with the true last stream id. */
  #goaway(code: number, lastStreamId: number, data: Buffer | undefined): void {
    const isFirst = this.#lastStreamId === undefined;
    this.#lastStreamId = Math.min(lastStreamId, this.#lastStreamId ?? lastStreamId);
    if (!isFirst) return;
    const reason = data?.toString('utf8', 0, 256) ?? '';
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
    for (const job of this.inFlight) settleJob(job, { kind: 'in-doubt', reason: this.failure });
    this.inFlight.clear();
    this.#owner.onClosed(this, this.failure);
  }
}

/** 'close' follows every error and settles. */
function ignoreError(): void {
  return;
}
