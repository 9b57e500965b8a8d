import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream, type Settings } from 'node:http2';
import type { TestContext } from 'node:test';
import { HeaderDecoder } from '../../../../providers/http2/hpack/header-decoder.ts';
import { HeaderEncoder } from '../../../../providers/http2/hpack/header-encoder.ts';

/** RFC 9113 §6. */
const [data, headersFrame, resetFrame, settingsFrame, goawayFrame] = [0, 1, 3, 4, 7];
const [endOfStreamAndHeaders, acknowledgement] = [0x5, 0x1];
const headerTableSize = 1;

/** A server on nghttp2 and, on the other end of a plain connection, nothing but our codec: one request at a time. */
export interface H2cPair {
  /** Frames of header blocks were this long, in octets. */
  readonly sent: number[];
  readonly received: number[];
  /** What the server read of each request. */
  readonly requests: (readonly string[])[];
  /** Sends it and returns what the answer's block says. */
  readonly request: (headers: readonly string[]) => Promise<readonly string[]>;
  /** The server changes its settings, and we have heard of it. */
  readonly change: (...settings: readonly Settings[]) => Promise<void>;
}

export type Respond = (stream: ServerHttp2Stream) => void;

export async function createH2cPair(context: TestContext, respond: Respond, settings: Settings = {}): Promise<H2cPair> {
  const server = createServer({ settings });
  const requests: (readonly string[])[] = [];
  const sessions: ServerHttp2Session[] = [];
  server.on('session', (session) => sessions.push(session.on('error', () => undefined)));
  server.on('stream', (stream: ServerHttp2Stream, _headers: unknown, _flags: unknown, raw: readonly string[]) => {
    requests.push(raw);
    respond(stream.on('error', () => undefined));
  });
  const socket = await dial(context, server);
  const client = new Client(socket);
  await client.settled(1);
  return {
    sent: client.sent,
    received: client.received,
    requests,
    request: (headers) => client.request(headers),
    async change(...changes) {
      const before = client.settings;
      for (const change of changes) sessions[0]!.settings(change);
      await client.settled(before + changes.length);
    },
  };
}

async function dial(context: TestContext, server: Http2Server): Promise<Socket> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  context.after(() => {
    socket.destroy();
    server.close();
  });
  socket.setNoDelay(true);
  await once(socket, 'connect');
  return socket;
}

class Client {
  readonly sent: number[] = [];
  readonly received: number[] = [];
  settings = 0;
  #socket: Socket;
  #encoder = new HeaderEncoder();
  #decoder = new HeaderDecoder({ longest: 65_536 });
  #stream = 1;
  #rest: Buffer = Buffer.alloc(0);
  #failure: Error | undefined;
  #answer: readonly string[] | undefined;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('connection closed')));
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    this.#write(settingsFrame, 0, 0, Buffer.alloc(0));
  }

  async request(headers: readonly string[]): Promise<readonly string[]> {
    const target = Buffer.alloc(HeaderEncoder.longest(headers));
    const block = target.subarray(0, this.#encoder.encode(headers, target, 0));
    this.sent.push(block.length);
    this.#write(headersFrame, endOfStreamAndHeaders, this.#stream, block);
    this.#stream += 2;
    await this.#until(() => this.#answer !== undefined);
    const answer = this.#answer ?? [];
    this.#answer = undefined;
    return answer;
  }

  settled(count: number): Promise<void> {
    return this.#until(() => this.settings >= count);
  }

  async #until(isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #write(type: number, flags: number, stream: number, payload: Buffer): void {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(stream, 5);
    this.#socket.write(Buffer.concat([head, payload]));
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    try {
      for (let length = this.#frameLength(); length <= this.#rest.length; length = this.#frameLength()) {
        this.#take(this.#rest.readUInt8(3), this.#rest.readUInt8(4), this.#rest.subarray(9, length));
        this.#rest = this.#rest.subarray(length);
      }
    } catch (error) {
      this.#fail(error as Error);
    }
    this.#wake();
  }

  #frameLength(): number {
    return this.#rest.length < 9 ? Infinity : 9 + this.#rest.readUIntBE(0, 3);
  }

  #take(type: number, flags: number, payload: Buffer): void {
    if (type === settingsFrame && (flags & acknowledgement) === 0) this.#settle(payload);
    if (type === headersFrame) this.#answered(flags, payload);
    if (type === resetFrame || type === goawayFrame) throw new Error(`frame ${type} with code ${payload.readUInt32BE(payload.length - 4)}`);
    assert.ok(type !== data || payload.length === 0);
  }

  #settle(payload: Buffer): void {
    for (let at = 0; at < payload.length; at += 6)
      if (payload.readUInt16BE(at) === headerTableSize) this.#encoder.limitTable(payload.readUInt32BE(at + 2));
    this.#write(settingsFrame, acknowledgement, 0, Buffer.alloc(0));
    this.settings += 1;
  }

  #answered(flags: number, payload: Buffer): void {
    assert.equal(flags, endOfStreamAndHeaders);
    this.received.push(payload.length);
    this.#answer = this.#decoder.decode(payload);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }
}
