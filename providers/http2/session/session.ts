// Room: one connection, its limits, its life. In: jobs. Out: settled or returned jobs. May enter: pool, connect.
import { constants, type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Endpoint } from '../endpoint.ts';
import { contentOf, describeError, endUnwritten, settleJob, type Content, type Job } from '../exchange.ts';
import { Farewell } from './farewell.ts';
import { followStream, usualLongest } from './follow-stream.ts';
import { InFlight } from './in-flight.ts';
import { Liveness } from './liveness.ts';
import { Outflow } from './outflow.ts';
import type { SessionOwner } from './owner.ts';
import { Silence } from './silence.ts';
import { drawEndOfLife, Standing } from './standing.ts';

/**
 * One HTTP/2 connection. It never takes more jobs than the server and its own standing allow at this moment, settles or
 * returns each one when its stream closes (a stream may end without response and without error), and notices a peer that
 * went dead by PING, and one that only lives by its answers.
 * A session is in use until `retire`, a GOAWAY or a failure; then it finishes what it has and closes itself.
 */
export class Session {
  readonly inFlight = new InFlight();
  readonly standing: Standing;
  /** `performance.now()` from which on it should be replaced. */
  readonly endOfLife: number;
  /** Why the connection ended or is about to. */
  failure = 'connection closed';
  #http2: ClientHttp2Session;
  #socket: TLSSocket;
  #owner: SessionOwner<Session>;
  #isRetired = false;
  #isRefusing = false;
  #farewell = new Farewell();
  #liveness: Liveness;
  #silence: Silence;
  #outflow: Outflow;
  #longestAnswer: number;

  constructor(http2: ClientHttp2Session, socket: TLSSocket, owner: SessionOwner<Session>, endpoint: Endpoint) {
    this.#http2 = http2;
    this.#socket = socket;
    this.#owner = owner;
    this.#liveness = new Liveness(http2);
    this.#silence = new Silence(endpoint.silentAfterMs);
    this.#outflow = new Outflow(http2, () => owner.onRoom());
    this.standing = new Standing(endpoint);
    this.#longestAnswer = endpoint.longestAnswer ?? usualLongest;
    this.endOfLife = drawEndOfLife(endpoint);
    http2.on('error', (error) => (this.failure = describeError(error)));
    http2.on('goaway', (code: number, lastStreamId: number, data?: Buffer) => this.#goaway(code, lastStreamId, data));
    http2.on('remoteSettings', () => this.standing.limited(this.#allowedStreams));
    http2.on('remoteSettings', () => owner.onRoom());
    // Streams may report their end after the session does.
    http2.on('close', () => setImmediate(() => this.#closed()));
    if (http2.destroyed) setImmediate(() => this.#closed());
  }

  get isUsable(): boolean {
    return !this.#isRetired && !this.#http2.closed && !this.#http2.destroyed;
  }

  /** Usable, and neither its pings nor its requests wait for suspiciously long. */
  get isTrusted(): boolean {
    return this.isUsable && !this.#liveness.isSuspect && !this.isSilent;
  }

  get isSilent(): boolean {
    return this.#silence.isSilent;
  }

  /** How many jobs it takes right now. */
  get room(): number {
    if (!this.isTrusted || this.#isRefusing || !this.#outflow.isOpen) return 0;
    return this.standing.limit(this.#allowedStreams) - this.inFlight.size;
  }

  /** Whether one more connection helps when this one is full. */
  get wantsCompany(): boolean {
    return this.standing.wantsCompany(this.#allowedStreams);
  }

  get #allowedStreams(): number | undefined {
    return this.#http2.remoteSettings.maxConcurrentStreams;
  }

  /** Writes it, unless its time is over at this very moment: whatever it waited for before, nobody looks at the clock after this. */
  send(job: Job): boolean {
    const now = performance.now();
    const end = endUnwritten(job.request, now);
    if (end === undefined) this.#write(job, contentOf(job.request, now), now);
    else settleJob(job, end);
    return job.stream !== undefined;
  }

  /** Takes no further jobs; closes when those under way are done. */
  retire(): void {
    this.#isRetired = true;
    if (this.inFlight.size === 0) this.#end();
  }

  destroy(reason: string): void {
    this.#giveBack(reason);
    this.#end();
  }

  /** Called a few times a second while there is work. Node's ping has no time-out of its own, so this is it. */
  beat(now: number): void {
    this.#isRefusing = false;
    if (this.#outflow.isStuck(now)) this.#giveBack('the connection takes nothing');
    if (this.inFlight.size === 0) return this.#silence.rest();
    this.standing.abandoned(this.inFlight.giveUp(now));
    if (this.standing.isHopeless) this.#isRetired = true;
    if (this.#liveness.hasDied(now)) return this.destroy('no answer to a ping');
    // A peer that keeps a ping waiting is not silent but dead, or about to be.
    if (!this.#liveness.isSuspect && this.#silence.hasBegun(now) && this.isUsable) this.#owner.onSilent(this);
  }

  /** The clock was not looked at for a while (we were busy): a waiting ping gets its full time again. */
  forgive(now: number): void {
    this.#liveness.forgive(now);
    this.#silence.forgive(now);
    this.#outflow.forgive(now);
  }

  #write(job: Job, content: Content, now: number): void {
    try {
      const stream = this.#outflow.write(content);
      this.inFlight.enter(job, stream, now);
      followStream(stream, this.#longestAnswer, (headers, body) => this.#finished(job, stream, headers, body));
    } catch (error) {
      // A GOAWAY may have been processed that was not announced yet, or the stream ids are used up.
      this.retire();
      this.#owner.onReturned(job, describeError(error));
    }
  }

  /** Another connection gets what this one does not take. */
  #giveBack(reason: string): void {
    this.failure = reason;
    for (const job of this.inFlight.takeBack()) this.#owner.onReturned(job, reason);
    this.retire();
    this.#owner.onRoom();
  }

  #finished(job: Job, stream: ClientHttp2Stream, headers: IncomingHttpHeaders | undefined, body: string): void {
    // Taken back before, and perhaps under way elsewhere.
    if (job.stream !== stream) return;
    this.inFlight.leave(job);
    this.#outflow.heard();
    if (headers !== undefined) this.#answered(job, headers, body);
    else if (this.#farewell.excludes(stream)) this.#owner.onReturned(job, this.failure);
    else this.#unanswered(job, stream.rstCode);
    if ((this.#isRetired || this.isSilent) && this.inFlight.size === 0) this.#end();
    this.#owner.onRoom();
  }

  #answered(job: Job, headers: IncomingHttpHeaders, body: string): void {
    const status = Number(headers[':status']);
    if (!this.standing.hasAnswered || this.isSilent) this.#owner.onFirstAnswer();
    this.standing.answered(status);
    this.#liveness.heard();
    this.#silence.broken();
    settleJob(job, { kind: 'answered', status, headers, body, session: this });
  }

  /** Given up by us, or ended by the server without a word. */
  #unanswered(job: Job, code: number): void {
    if (code === constants.NGHTTP2_CANCEL) return this.#owner.onDoubt(job, this.#http2.destroyed ? this.failure : 'no answer in time');
    this.#silence.broken();
    // RFC 9113 §8.7: not processed. When a GOAWAY with an error kills the session, Node gives its code to every stream: that says nothing.
    if (this.#http2.destroyed) this.#owner.onDoubt(job, this.failure);
    else if (code !== constants.NGHTTP2_REFUSED_STREAM) this.#owner.onDoubt(job, `stream closed without an answer (code ${code})`);
    else this.#refused(job);
  }

  /** A server that refuses below its own limit is asked again at the next beat only. */
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
    for (const job of this.inFlight.leaveAll()) this.#owner.onDoubt(job, this.failure);
    this.#owner.onClosed(this, this.failure);
  }
}
