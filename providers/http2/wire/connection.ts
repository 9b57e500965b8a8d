// Room: HTTP/2 as a client speaks it (RFC 9113) on a socket, no more of it than requests need. In: a socket, requests. Out: how each stream ended. May enter: session.
import type { Duplex } from 'node:stream';
import { tellAnswer, type Fields } from './answer-reader.ts';
import { ClientStream, type RequestContent, type StreamEnd } from './client-stream.ts';
import { buildFrame, ConnectionError, copyFrame, errorCodes, flags, frameTypes } from './frames.ts';
import { Intake, type Incoming } from './intake.ts';
import { OpenStreams, widenWindow } from './open-streams.ts';
import { Outgoing } from './outgoing.ts';
import { PeerSettings } from './peer-settings.ts';
import { ReceiveWindow } from './receive-window.ts';

/** RFC 9113 §3.4, and our SETTINGS: nothing is pushed. All else stays as it is for everybody (§6.5.2). */
const preface = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  copyFrame(frameTypes.settings, 0, Uint8Array.of(0x0, 0x2, 0, 0, 0, 0)),
]);

/** What a connection tells its session. */
export interface ConnectionOwner {
  /** The peer's SETTINGS came, at first or anew. */
  onSettings(): void;
  onGoaway(errorCode: number, lastStreamId: number, data: Buffer): void;
  /** What was handed over has left. */
  onRoom(): void;
  /** It is over, and says no more of its streams. Comes once, in a turn of its own; `reason` is absent where the peer just closed it. */
  onEnd(reason: string | undefined): void;
}

/**
 * One connection. The socket is its own from the start, and destroyed when it ends: by the peer, by a mistake of the peer's, or by
 * `destroy`. `longestAnswer` bounds the octets of an answer's body; of a longer one the rest is not waited for.
 */
export class Connection implements Incoming {
  readonly peer = new PeerSettings();
  readonly outgoing: Outgoing;
  #socket: Duplex;
  #owner: ConnectionOwner;
  #longestAnswer: number;
  #streams = new OpenStreams();
  #intake = new Intake(this);
  #window = new ReceiveWindow(0);
  #isEnded = false;
  #onPong: (() => void) | undefined;

  constructor(socket: Duplex, owner: ConnectionOwner, longestAnswer: number) {
    this.#socket = socket;
    this.#owner = owner;
    this.#longestAnswer = longestAnswer;
    this.outgoing = new Outgoing(socket, this.#streams, this.peer, () => owner.onRoom());
    socket.on('data', (chunk: Buffer) => this.#hold(() => this.#intake.read(chunk)));
    socket.on('error', (error) => this.#end(error.message));
    socket.on('end', () => this.#end());
    socket.on('close', () => this.#end());
    if (socket.destroyed) this.#end();
    else socket.write(preface);
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Nothing has been written of it when this returns. Throws where the connection takes no more. */
  request(content: RequestContent, onEnd: (end: StreamEnd) => void): ClientStream {
    if (this.#isEnded) throw new Error('the connection has ended');
    if (this.outgoing.waiting >= this.#streams.left) throw new Error('the stream ids are used up');
    const stream = new ClientStream(content, onEnd);
    this.outgoing.push(stream);
    return stream;
  }

  /** Nobody waits for it any more: what was not written of it never is. Its end is told in a turn of its own. */
  cancel(stream: ClientStream): void {
    if (stream.isEnded) return;
    this.#forget(stream);
    if (stream.id !== 0) this.#hold(() => this.#reply(buildFrame(frameTypes.rstStream, stream.id, errorCodes.cancel)));
    process.nextTick(() => stream.end(errorCodes.cancel));
  }

  /** RFC 9113 §6.7. One at a time: `onPong` takes the place of one that waits. */
  sendPing(onPong: () => void): void {
    this.#onPong = onPong;
    this.#hold(() => this.#reply(copyFrame(frameTypes.ping, 0, new Uint8Array(8))));
  }

  /** Says goodbye and closes the socket; `onEnd` follows. Does nothing where it has ended. */
  destroy(): void {
    this.#leave(errorCodes.noError);
  }

  settings(payload: Buffer): void {
    const { initialWindowSize } = this.peer;
    this.peer.take(payload);
    this.#streams.widen(this.peer.initialWindowSize - initialWindowSize);
    this.outgoing.limitTable(this.peer.headerTableSize);
    this.outgoing.wake();
    this.#reply(copyFrame(frameTypes.settings, flags.ack, new Uint8Array(0)));
    this.#owner.onSettings();
  }

  ping(payload: Buffer): void {
    this.#reply(copyFrame(frameTypes.ping, flags.ack, payload));
  }

  pong(): void {
    this.#onPong?.();
    this.#onPong = undefined;
  }

  /** What was not processed is told at once (RFC 9113 §6.8). After an error nothing good comes any more. */
  goaway(errorCode: number, lastStreamId: number, data: Buffer): void {
    this.#owner.onGoaway(errorCode, lastStreamId, data);
    const unprocessed = [...this.#streams.above(lastStreamId), ...this.outgoing.takeWaiting()];
    for (const stream of unprocessed) this.#finish(stream, errorCodes.refusedStream);
    if (errorCode !== errorCodes.noError) this.#end();
  }

  windowUpdate(streamId: number, increment: number): void {
    if (streamId === 0) return this.outgoing.widen(increment);
    const stream = this.#streams.find(streamId);
    if (stream === undefined) return;
    stream.window = widenWindow(stream.window, increment);
    this.outgoing.wake();
  }

  fields(streamId: number, { fields, isEnd }: Fields): void {
    const stream = this.#streams.find(streamId);
    if (stream === undefined) return;
    if (!tellAnswer(stream, fields, isEnd)) this.#reset(stream, errorCodes.protocolError);
    else if (isEnd) this.#answered(stream);
  }

  data(streamId: number, data: Buffer, length: number, isEnd: boolean): void {
    const stream = this.#streams.find(streamId);
    this.#reply(this.#window.take(length));
    if (stream === undefined) return;
    if (!stream.isAnswered) return this.#reset(stream, errorCodes.protocolError);
    const update = stream.received(data, length);
    if (isEnd) this.#answered(stream);
    else if (stream.length > this.#longestAnswer) this.#reset(stream, errorCodes.cancel);
    else this.#reply(update);
  }

  reset(streamId: number, errorCode: number): void {
    const stream = this.#streams.find(streamId);
    if (stream !== undefined) this.#finish(stream, errorCode);
  }

  /** What breaks HTTP/2 in there ends the connection. */
  #hold(work: () => void): void {
    try {
      if (!this.#isEnded) work();
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.#leave(error.errorCode, `breaks HTTP/2: ${error.message}`);
    }
  }

  /** RFC 9113 §8.1: a peer that answers before it has the whole request wants no more of it. */
  #answered(stream: ClientStream): void {
    if (stream.isWritten) this.#finish(stream, errorCodes.noError);
    else this.#reset(stream, errorCodes.cancel);
  }

  #reset(stream: ClientStream, errorCode: number): void {
    this.#reply(buildFrame(frameTypes.rstStream, stream.id, errorCode));
    this.#finish(stream, errorCode);
  }

  #finish(stream: ClientStream, errorCode: number): void {
    this.#forget(stream);
    stream.end(errorCode);
  }

  #forget(stream: ClientStream): void {
    this.#streams.delete(stream);
    if (stream.isWritten) this.outgoing.wake();
    else this.outgoing.forget(stream);
  }

  #reply(frame: Buffer | undefined): void {
    if (frame !== undefined && !this.#isEnded) this.outgoing.reply(frame);
  }

  /** We end it, and say why. */
  #leave(errorCode: number, reason?: string): void {
    if (this.#isEnded) return;
    this.outgoing.end(buildFrame(frameTypes.goaway, 0, 0, errorCode));
    this.#end(reason);
  }

  /** An answer that came counts, though its body is cut short. */
  #end(reason?: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.outgoing.end();
    this.#socket.destroy();
    for (const stream of this.#streams.above(0)) if (stream.isAnswered) this.#finish(stream, errorCodes.cancel);
    setImmediate(() => this.#owner.onEnd(reason));
  }
}
