import type { Duplex } from 'node:stream';
import { Batch } from './batch.ts';
import type { ClientStream } from './client-stream.ts';
import { ConnectionError, errorCodes } from './frames.ts';
import type { OpenStreams } from './open-streams.ts';
import type { PeerSettings } from './peer-settings.ts';
import { StreamWriter } from './stream-writer.ts';

/** Handed to the socket in one write. */
const mostAtOnce = 64 * 1024;
/** Frames that answer the peer's own: of one that takes none of them and asks for ever more nothing is wanted. */
const mostReplies = 1_000;
/** A connection that takes nothing at all for so long is of no use; a slow one takes some, and a busy peer needs its time. */
const stuckMs = 2_500;

/**
 * What goes out on a connection: all that comes in one turn of the event loop as one write, and the next one when the socket has taken
 * it. What it has not been handed stays here: a push can be held back when its time is over, or go another way. A body that has to
 * wait for the peer's windows closes the way for those behind it.
 */
export class Outgoing {
  readonly #socket: Duplex;
  readonly #onRoom: () => void;
  readonly #batch = new Batch();
  readonly #writer: StreamWriter;
  /** Nothing of them was written. */
  #waiting: ClientStream[] = [];
  #waitingLength = 0;
  #replies: Buffer[] = [];
  #isBlocked = false;
  #isWriting = false;
  #isScheduled = false;
  #isOver = false;
  #movedAt = 0;

  constructor(socket: Duplex, streams: OpenStreams, settings: PeerSettings, onRoom: () => void) {
    this.#socket = socket;
    this.#writer = new StreamWriter(this.#batch, streams, settings);
    this.#onRoom = onRoom;
  }

  /** Whether one more request would leave at once, as far as that is known. */
  get isOpen(): boolean {
    return !this.#isBlocked && !this.#isWriting && this.#waitingLength < Math.min(mostAtOnce, this.#writer.window);
  }

  /** How many have no id yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  push(stream: ClientStream): void {
    this.#waiting.push(stream);
    this.#waitingLength += stream.body.length;
    this.#schedule();
  }

  /** A frame of the connection, or of a stream that was forgotten before; throws ConnectionError where too many wait. */
  reply(frame: Buffer): void {
    if (this.#replies.length >= mostReplies) throw new ConnectionError(errorCodes.enhanceYourCalm, 'too many frames that want an answer');
    this.#replies.push(frame);
    this.#schedule();
  }

  /** Nothing more of it is written. */
  forget(stream: ClientStream): void {
    this.#writer.forget(stream);
    if (stream.id === 0) this.#keep(this.#waiting.filter((other) => other !== stream));
    if (this.#isBlocked) this.#schedule();
  }

  /** Those of which nothing is written, nor ever will be. */
  takeWaiting(): readonly ClientStream[] {
    const waiting = this.#waiting;
    this.#keep([]);
    return waiting;
  }

  /** The peer takes more of all streams together. */
  widen(by: number): void {
    const wasShut = this.#writer.window <= 0;
    this.#writer.widen(by);
    this.wake();
    if (wasShut && this.isOpen) this.#onRoom();
  }

  /** Something changed for which others may have waited. */
  wake(): void {
    if (!this.#isBlocked) return;
    this.#movedAt = performance.now();
    this.#schedule();
  }

  limitTable(bytes: number): void {
    this.#writer.limitTable(bytes);
  }

  /** Whether what is here does not leave, and not the least of it for a while. */
  isStuck(now: number): boolean {
    return (this.#isBlocked || this.#isWriting) && now - this.#movedAt > stuckMs;
  }

  /** We were busy: the peer gets its full time again. */
  forgive(now: number): void {
    this.#movedAt = now;
  }

  /** Takes the last words; what waits is not written any more. */
  end(lastWords?: Buffer): void {
    this.#isOver = true;
    if (lastWords !== undefined && this.#socket.writable) this.#socket.write(lastWords);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#isWriting || this.#isOver || !this.#socket.writable) return;
    this.#fill();
    const wasBlocked = this.#isBlocked;
    this.#isBlocked = this.#waiting.length > 0 || this.#writer.isWaiting;
    if (this.#isBlocked && !wasBlocked) this.#movedAt = performance.now();
    if (this.#batch.length > 0) this.#write();
    else if (wasBlocked && !this.#isBlocked) this.#onRoom();
  }

  #fill(): void {
    this.#batch.clear();
    for (const frame of this.#replies) this.#batch.append(frame);
    this.#replies = [];
    this.#writer.goOn();
    const now = performance.now();
    let begun = 0;
    for (const stream of this.#waiting) {
      if (this.#batch.length >= mostAtOnce || !this.#writer.mayBegin(stream)) break;
      this.#writer.begin(stream, now);
      begun += 1;
    }
    this.#keep(this.#waiting.slice(begun));
  }

  #keep(waiting: ClientStream[]): void {
    this.#waiting = waiting;
    this.#waitingLength = waiting.reduce((sum, { body }) => sum + body.length, 0);
  }

  #write(): void {
    this.#isWriting = true;
    this.#movedAt = performance.now();
    this.#socket.write(this.#batch.bytes, () => this.#taken());
  }

  /** The socket has given it to the system, or was destroyed. */
  #taken(): void {
    this.#isWriting = false;
    if (this.#isOver || this.#socket.destroyed) return;
    this.#movedAt = performance.now();
    if (!this.#isBlocked) this.#onRoom();
    this.#flush();
  }
}
