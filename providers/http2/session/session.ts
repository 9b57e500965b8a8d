// Room: one connection, its limits, its life. In: jobs. Out: settled or returned jobs. May enter: pool, connect.
import type { Duplex } from 'node:stream';
import type { Endpoint } from '../endpoint.ts';
import { contentOf, describeError, settleJob, settleUnwritten, type Content, type Job } from '../exchange.ts';
import type { Answer, ClientStream, StreamEnd } from '../wire/client-stream.ts';
import { Connection, type ConnectionOwner } from '../wire/connection.ts';
import { errorCodes } from '../wire/frames.ts';
import { Farewell } from './farewell.ts';
import { InFlight } from './in-flight.ts';
import { Liveness } from './liveness.ts';
import type { SessionOwner } from './owner.ts';
import { Silence } from './silence.ts';
import { drawEndOfLife, Standing } from './standing.ts';

/** No answer of a push service is as long: of a longer one the rest is not waited for. */
const usualLongest = 64 * 1024;

/**
 * One HTTP/2 connection. It never takes more jobs than the server and its own standing allow at this moment, settles or
 * returns each one when its stream closes (a stream may end without response and without error), and notices a peer that
 * went dead by PING, and one that only lives by its answers.
 * A session is in use until `retire`, a GOAWAY or a failure; then it finishes what it has and closes itself.
 */
export class Session implements ConnectionOwner {
  readonly inFlight: InFlight;
  readonly standing: Standing;
  /** Settles when the server has told its limits, with true, or with false where the connection ended before. */
  readonly ready: Promise<boolean>;
  /** `performance.now()` from which on it should be replaced. */
  readonly endOfLife: number;
  /** Why the connection ended or is about to. */
  failure = 'connection closed';
  #connection: Connection;
  #owner: SessionOwner<Session>;
  #isRetired = false;
  #isRefusing = false;
  #farewell = new Farewell();
  #liveness: Liveness;
  #silence: Silence;
  #tellReady: (isReady: boolean) => void;

  /** The socket is the session's from now on. */
  constructor(socket: Duplex, owner: SessionOwner<Session>, endpoint: Endpoint) {
    this.#owner = owner;
    ({ promise: this.ready, resolve: this.#tellReady } = Promise.withResolvers<boolean>());
    this.#connection = new Connection(socket, this, endpoint.longestAnswer ?? usualLongest);
    this.inFlight = new InFlight(this.#connection);
    this.#liveness = new Liveness(this.#connection);
    this.#silence = new Silence(endpoint.silentAfterMs);
    this.standing = new Standing(endpoint);
    this.endOfLife = drawEndOfLife(endpoint);
  }

  get isUsable(): boolean {
    return !this.#isRetired && !this.#connection.isEnded;
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
    if (!this.isTrusted || this.#isRefusing || !this.#connection.outgoing.isOpen) return 0;
    return this.standing.limit(this.#allowedStreams) - this.inFlight.size;
  }

  /** Whether one more connection helps when this one is full. */
  get wantsCompany(): boolean {
    return this.standing.wantsCompany(this.#allowedStreams);
  }

  get #allowedStreams(): number | undefined {
    return this.#connection.peer.maxConcurrentStreams;
  }

  /** Hands it over, unless its time is over. The connection looks at the clock once more when it writes it. */
  send(job: Job): boolean {
    const now = performance.now();
    if (!settleUnwritten(job, now)) this.#write(job, contentOf(job.request, now), now);
    return job.stream !== undefined;
  }

  /** Takes no further jobs; closes when those under way are done. */
  retire(): void {
    this.#isRetired = true;
    if (this.inFlight.size === 0) this.#connection.destroy();
  }

  /** Ends it at once: what was not written is returned, the rest is in doubt. */
  destroy(reason: string): void {
    this.#giveBack(reason);
    this.#connection.destroy();
  }

  /** Called a few times a second while there is work: all time limits of a session are here. */
  beat(now: number): void {
    this.#isRefusing = false;
    if (this.#connection.outgoing.isStuck(now)) this.#giveBack('the connection takes nothing');
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
    this.#connection.outgoing.forgive(now);
  }

  onSettings(): void {
    this.standing.limited(this.#allowedStreams);
    this.#tellReady(true);
    this.#owner.onRoom();
  }

  onRoom(): void {
    this.#owner.onRoom();
  }

  onGoaway(errorCode: number, lastStreamId: number, data: Buffer): void {
    const reason = this.#farewell.heard(lastStreamId, data);
    if (reason === undefined) return;
    this.failure = `GOAWAY code ${errorCode}${reason === '' ? '' : ` ${reason}`}`;
    this.#owner.onGoaway(errorCode, reason);
    this.retire();
  }

  onEnd(reason: string | undefined): void {
    if (reason !== undefined) this.failure = reason;
    this.#tellReady(false);
    this.#giveBack(this.failure);
    for (const job of this.inFlight.leaveAll()) this.#owner.onDoubt(job, this.failure);
    // Before it counts as a failure, after which one would have to wait.
    this.#owner.onRoom();
    this.#owner.onClosed(this, this.failure);
  }

  #write(job: Job, content: Content, now: number): void {
    try {
      const stream = this.#connection.request(content, (end) => this.#finished(job, stream, end));
      this.inFlight.enter(job, stream, now);
    } catch (error) {
      // The stream ids are used up.
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

  #finished(job: Job, stream: ClientStream, { answer, errorCode, refusal }: StreamEnd): void {
    // Taken back before, and perhaps under way elsewhere.
    if (job.stream !== stream) return;
    this.inFlight.leave(job);
    if (answer !== undefined) this.#answered(job, answer);
    else if (refusal === undefined && !this.#farewell.excludes(stream)) this.#unanswered(job, errorCode);
    else if (!settleUnwritten(job, performance.now())) this.#owner.onReturned(job, refusal ?? this.failure);
    if ((this.#isRetired || this.isSilent) && this.inFlight.size === 0) this.#connection.destroy();
    this.#owner.onRoom();
  }

  #answered(job: Job, { headers, body }: Answer): void {
    const status = Number(headers[':status']);
    if (!this.standing.hasAnswered || this.isSilent) this.#owner.onFirstAnswer();
    this.standing.answered(status);
    this.#liveness.heard();
    this.#silence.broken();
    settleJob(job, { kind: 'answered', status, headers, body, session: this });
  }

  /** Given up by us, or ended by the server without a word. */
  #unanswered(job: Job, errorCode: number): void {
    if (errorCode === errorCodes.cancel) return this.#owner.onDoubt(job, this.#connection.isEnded ? this.failure : 'no answer in time');
    this.#silence.broken();
    if (errorCode !== errorCodes.refusedStream) return this.#owner.onDoubt(job, `stream closed without an answer (code ${errorCode})`);
    // Not processed (RFC 9113 §8.7). A server that refuses below its own limit is asked again at the next beat only.
    this.#isRefusing = true;
    this.#owner.onReturned(job, 'stream refused');
  }
}
