import { AnswerReader, withoutPadding, type Fields } from './answer-reader.ts';
import { FrameReader, type Frame } from './frame-reader.ts';
import { ConnectionError, errorCodes, flags, frameTypes } from './frames.ts';

const pingLength = 8;

/** What the peer says, frame by frame, in the words of RFC 9113 §6. */
export interface Incoming {
  settings(payload: Buffer): void;
  ping(payload: Buffer): void;
  pong(): void;
  goaway(errorCode: number, lastStreamId: number, data: Buffer): void;
  /** `streamId` 0 is the connection. */
  windowUpdate(streamId: number, increment: number): void;
  fields(streamId: number, fields: Fields): void;
  /** `length` counts the padding as well. */
  data(streamId: number, data: Buffer, length: number, isEnd: boolean): void;
  reset(streamId: number, errorCode: number): void;
}

/** Reads what the peer sends, and holds it to the order and lengths of RFC 9113: whatever breaks them ends in a ConnectionError. */
export class Intake {
  readonly #incoming: Incoming;
  readonly #frames = new FrameReader();
  readonly #answers = new AnswerReader();
  #hasSettings = false;

  constructor(incoming: Incoming) {
    this.#incoming = incoming;
  }

  /** Says what is in it before it returns; throws ConnectionError, after which nothing more may be read. */
  read(chunk: Buffer): void {
    this.#frames.read(chunk, (frame) => this.#take(frame));
  }

  #take(frame: Frame): void {
    if (!this.#hasSettings) this.#checkFirst(frame);
    if (this.#answers.isInside !== (frame.type === frameTypes.continuation))
      throw new ConnectionError(errorCodes.protocolError, 'a header block is interrupted, or goes on after its end');
    if (frame.streamId === 0) this.#takeOfConnection(frame);
    else this.#takeOfStream(frame);
  }

  /** RFC 9113 §3.4. */
  #checkFirst({ type, flags: flag, streamId }: Frame): void {
    this.#hasSettings = type === frameTypes.settings && streamId === 0 && (flag & flags.ack) === 0;
    if (!this.#hasSettings) throw new ConnectionError(errorCodes.protocolError, 'something else before SETTINGS');
  }

  #takeOfConnection(frame: Frame): void {
    const { payload } = frame;
    const isAck = (frame.flags & flags.ack) !== 0;
    switch (frame.type) {
      case frameTypes.settings:
        return isAck ? checkLength(frame, payload.length === 0) : this.#incoming.settings(payload);
      case frameTypes.ping:
        checkLength(frame, payload.length === pingLength);
        return isAck ? this.#incoming.pong() : this.#incoming.ping(payload);
      case frameTypes.goaway:
        checkLength(frame, payload.length >= 8);
        return this.#incoming.goaway(payload.readUInt32BE(4), readUInt31(payload), payload.subarray(8));
      case frameTypes.windowUpdate:
        return this.#incoming.windowUpdate(0, readIncrement(frame));
      default:
        refuseKnown(frame, 'on no stream');
    }
  }

  #takeOfStream(frame: Frame): void {
    const { streamId, payload } = frame;
    switch (frame.type) {
      case frameTypes.headers:
      case frameTypes.continuation: {
        const fields = this.#answers.take(frame);
        return fields === undefined ? undefined : this.#incoming.fields(streamId, fields);
      }
      case frameTypes.data:
        return this.#incoming.data(streamId, withoutPadding(frame), payload.length, (frame.flags & flags.endStream) !== 0);
      case frameTypes.rstStream:
        checkLength(frame, payload.length === 4);
        return this.#incoming.reset(streamId, payload.readUInt32BE(0));
      case frameTypes.windowUpdate:
        return this.#incoming.windowUpdate(streamId, readIncrement(frame));
      case frameTypes.priority:
        return;
      default:
        refuseKnown(frame, 'on a stream');
    }
  }
}

function readUInt31(payload: Buffer): number {
  return payload.readUInt32BE(0) & 0x7fffffff;
}

function readIncrement(frame: Frame): number {
  checkLength(frame, frame.payload.length === 4);
  const increment = readUInt31(frame.payload);
  // RFC 9113 §6.9 lets us end the stream alone where it is a stream's; a peer that counts wrong is better left.
  if (increment === 0) throw new ConnectionError(errorCodes.protocolError, 'WINDOW_UPDATE of nothing');
  return increment;
}

function checkLength({ type, payload }: Frame, isRight: boolean): void {
  if (!isRight) throw new ConnectionError(errorCodes.frameSizeError, `a frame of type ${type} with ${payload.length} bytes`);
}

/** Frames of a type that we know, PUSH_PROMISE among them, where they must not be; others are passed over (RFC 9113 §5.5). */
function refuseKnown({ type }: Frame, where: string): void {
  if (type <= frameTypes.continuation) throw new ConnectionError(errorCodes.protocolError, `a frame of type ${type} ${where}`);
}
