import type { TLSSocket } from 'node:tls';
import type { Answer, Body, DrawnFrame } from './inputs.ts';
import { buildFrame, buildHeaders, flag, frameType, readFrame, type Frame } from './frames.ts';

const prefaceLength = 24;
const usualWindow = 65_535;
const wideWindow = 2 ** 31 - 1 - usualWindow;
const mostBytes = 40_000_000;
const piece = 16_000;

/** A body that is still being sent. */
interface Flow {
  readonly stream: number;
  window: number;
  left: number;
  readonly unit: Buffer;
  readonly end: () => void;
}

/** The server's end of one HTTP/2 connection, for answers that no library would send. */
export class RawPeer {
  readonly #socket: TLSSocket;
  readonly #onRequest: (body: string, peer: RawPeer, stream: number) => void;
  readonly #bodies = new Map<number, string>();
  readonly #flows = new Map<number, Flow>();
  #unread: Buffer = Buffer.alloc(0);
  #isGreeted = false;
  #window = usualWindow;
  #initialWindow = usualWindow;

  constructor(socket: TLSSocket, greeting: readonly DrawnFrame[], onRequest: (body: string, peer: RawPeer, stream: number) => void) {
    this.#socket = socket;
    this.#onRequest = onRequest;
    this.#write(buildFrame({ type: frameType.settings, flags: 0, stream: 0, payload: Buffer.from('0003000003e8', 'hex') }));
    this.#write(windowUpdate(wideWindow));
    this.#send(greeting, 0);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('drain', () => this.#pump());
  }

  answer(stream: number, answer: Answer, fill: (text: string) => string): void {
    switch (answer.kind) {
      case 'silence':
        return;
      case 'frames':
        return this.#send(answer.frames, stream);
      case 'response':
        return this.#respond(stream, answer, fill);
      default:
        return answer satisfies never;
    }
  }

  #respond(
    stream: number,
    { status, headers, body, end, code = 0 }: Extract<Answer, { kind: 'response' }>,
    fill: (text: string) => string,
  ): void {
    const head = [[':status', status] as const, ...headers.map(([name, value]) => [name, fill(value)] as const)];
    this.#write(buildHeaders(stream, head, false));
    if (end === 'twice') this.#write(buildHeaders(stream, head, false));
    const { unit, length } = bytesOf(body, fill);
    this.#flows.set(stream, { stream, window: this.#initialWindow, left: length, unit, end: () => this.#finish(stream, end, code) });
    this.#pump();
  }

  #finish(stream: number, end: Extract<Answer, { kind: 'response' }>['end'], code: number): void {
    this.#flows.delete(stream);
    if (end === 'trailers') this.#write(buildHeaders(stream, [['grpc-status', '0']], true));
    else if (end === 'rst') this.#write(buildFrame({ type: frameType.rst, flags: 0, stream, payload: Buffer.of(0, 0, 0, code) }));
    else if (end !== 'silence') this.#write(buildFrame({ type: frameType.data, flags: flag.endStream, stream, payload: Buffer.alloc(0) }));
  }

  /** As much of every body as the client's windows and the socket take now. */
  #pump(): void {
    for (const flow of this.#flows.values()) {
      while (flow.left > 0 && flow.window > 0 && this.#window > 0 && !this.#socket.writableNeedDrain) {
        const length = Math.min(piece, flow.left, flow.window, this.#window);
        const payload = Buffer.alloc(length, flow.unit);
        this.#write(buildFrame({ type: frameType.data, flags: 0, stream: flow.stream, payload }));
        flow.left -= length;
        flow.window -= length;
        this.#window -= length;
      }
      if (flow.left <= 0) flow.end();
    }
  }

  #send(frames: readonly DrawnFrame[], request: number): void {
    const streams = { request, zero: 0, next: request + 2, even: 2 };
    for (const { type, flags, stream, bytes, times = 1 } of frames) {
      const payload = Buffer.from(bytes, 'base64');
      const one = type === 'raw' ? payload : buildFrame({ type, flags, stream: streams[stream], payload });
      this.#write(Buffer.concat(Array.from({ length: times }, () => one)));
    }
  }

  #read(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    if (!this.#isGreeted && this.#unread.length < prefaceLength) return;
    if (!this.#isGreeted) this.#unread = this.#unread.subarray(prefaceLength);
    this.#isGreeted = true;
    for (let next = readFrame(this.#unread); next !== undefined; next = readFrame(this.#unread)) {
      this.#unread = this.#unread.subarray(next.length);
      this.#take(next.frame);
    }
  }

  #take({ type, flags, stream, payload }: Frame): void {
    const isAck = (flags & flag.ack) !== 0;
    if (type === frameType.settings && !isAck) this.#write(buildFrame({ type, flags: flag.ack, stream: 0, payload: Buffer.alloc(0) }));
    else if (type === frameType.ping && !isAck) this.#write(buildFrame({ type, flags: flag.ack, stream: 0, payload }));
    else if (type === frameType.rst) this.#flows.delete(stream);
    else if (type === frameType.windowUpdate) this.#widen(stream, payload.readUInt32BE(0));
    else if (type === frameType.data) this.#collect(stream, payload, (flags & flag.endStream) !== 0);
  }

  #widen(stream: number, by: number): void {
    const flow = this.#flows.get(stream);
    if (stream === 0) this.#window += by;
    else if (flow !== undefined) flow.window += by;
    this.#pump();
  }

  #collect(stream: number, payload: Buffer, isEnd: boolean): void {
    const body = (this.#bodies.get(stream) ?? '') + payload.toString('latin1');
    this.#bodies.set(stream, body);
    if (!isEnd) return;
    this.#bodies.delete(stream);
    this.#onRequest(body, this, stream);
  }

  #write(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }
}

function bytesOf(body: Body, fill: (text: string) => string): { readonly unit: Buffer; readonly length: number } {
  if (body.kind === 'filled') return { unit: Buffer.from(body.unit, 'latin1'), length: body.times < 0 ? mostBytes : body.times };
  const unit = body.kind === 'text' ? Buffer.from(fill(body.text)) : Buffer.from(body.bytes, 'base64');
  return { unit, length: unit.length };
}

function windowUpdate(by: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(by);
  return buildFrame({ type: frameType.windowUpdate, flags: 0, stream: 0, payload });
}
