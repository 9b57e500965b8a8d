import type { TLSSocket } from 'node:tls';
import { HeaderDecoder } from '../../providers/http2/hpack/header-decoder.ts';
import { HeaderEncoder } from '../../providers/http2/hpack/header-encoder.ts';
import { Batch } from '../../providers/http2/wire/batch.ts';
import { FrameReader, type Frame } from '../../providers/http2/wire/frame-reader.ts';
import { copyFrame, flags, frameTypes } from '../../providers/http2/wire/frames.ts';
import { ReceiveWindow } from '../../providers/http2/wire/receive-window.ts';

export interface PeerAnswer {
  readonly status: number;
  /** Name, value, name, value … */
  readonly headers: readonly string[];
  readonly body: string;
}

const prefaceLength = 24;
const longestHeaders = 64 * 1024;
const paddedOrPrioritised = flags.padded | flags.priority;

/**
 * The serving side of HTTP/2 over one connection, as far as the clients of this bench go: `node:http2` costs a server more than
 * some of them cost, and would be what is measured. It serves until the client closes the socket. It answers each request when all of it has come, what one read brings in one write.
 */
export function serveHttp2(socket: TLSSocket, answer: (path: string) => PeerAnswer): void {
  const peer = new Peer(answer);
  let preface = prefaceLength;
  socket.setNoDelay(true).on('error', () => undefined);
  socket.write(copyFrame(frameTypes.settings, 0, Uint8Array.of(0, 0x3, 0, 0, 0x3, 0xe8)));
  socket.on('data', (chunk: Buffer) => {
    const skipped = Math.min(preface, chunk.length);
    preface -= skipped;
    const bytes = peer.read(chunk.subarray(skipped));
    if (bytes.length > 0) socket.write(bytes);
  });
}

class Peer {
  readonly #answer: (path: string) => PeerAnswer;
  readonly #frames = new FrameReader();
  readonly #decoder = new HeaderDecoder({ longest: longestHeaders });
  readonly #encoder = new HeaderEncoder();
  readonly #window = new ReceiveWindow(0);
  readonly #paths = new Map<number, string>();

  constructor(answer: (path: string) => PeerAnswer) {
    this.#answer = answer;
  }

  /** What is to be written. */
  read(chunk: Buffer): Buffer {
    const batch = new Batch();
    this.#frames.read(chunk, (frame) => this.#take(frame, batch));
    return batch.bytes;
  }

  #take(frame: Frame, batch: Batch): void {
    const { type, streamId, payload } = frame;
    const isEnd = (frame.flags & flags.endStream) !== 0;
    switch (type) {
      case frameTypes.headers:
        this.#paths.set(streamId, this.#readPath(frame));
        if (isEnd) this.#respond(streamId, batch);
        break;
      case frameTypes.data: {
        const update = this.#window.take(payload.length);
        if (update !== undefined) batch.append(update);
        if (isEnd) this.#respond(streamId, batch);
        break;
      }
      case frameTypes.settings:
        if (!isEnd) batch.append(copyFrame(frameTypes.settings, flags.ack, new Uint8Array(0)));
        break;
      case frameTypes.ping:
        if (!isEnd) batch.append(copyFrame(frameTypes.ping, flags.ack, payload));
        break;
      case frameTypes.continuation:
        throw new Error('a header block longer than a frame');
      default:
    }
  }

  #readPath({ flags: flag, payload }: Frame): string {
    // Some clients send a priority with each request.
    if ((flag & flags.padded) !== 0) throw new Error('a padded frame');
    const fields = this.#decoder.decode((flag & paddedOrPrioritised) === 0 ? payload : payload.subarray(5));
    return fields[fields.indexOf(':path') + 1] ?? '';
  }

  #respond(streamId: number, batch: Batch): void {
    const { status, headers, body } = this.#answer(this.#paths.get(streamId) ?? '');
    this.#paths.delete(streamId);
    const fields = [':status', String(status), ...headers];
    const flag = flags.endHeaders | (body === '' ? flags.endStream : 0);
    batch.appendFrame(frameTypes.headers, flag, streamId, HeaderEncoder.longest(fields), (target, at) =>
      this.#encoder.encode(fields, target, at),
    );
    if (body === '') return;
    batch.appendFrame(frameTypes.data, flags.endStream, streamId, body.length, (target, at) => at + target.write(body, at));
  }
}
