import { duplexPair, type Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Content } from '../../../../providers/http2/exchange.ts';
import { HeaderDecoder } from '../../../../providers/http2/hpack/header-decoder.ts';
import type { ClientStream, StreamEnd } from '../../../../providers/http2/wire/client-stream.ts';
import { Connection } from '../../../../providers/http2/wire/connection.ts';
import { frameTypes } from '../../../../providers/http2/wire/frames.ts';

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const headerLength = 9;

/** A frame that the client sent. */
export interface SentFrame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly payload: Buffer;
}

export function frame(type: number, flags: number, id: number, payload: Uint8Array | readonly number[] = []): Buffer {
  const header = Buffer.alloc(headerLength);
  header.writeUIntBE(payload.length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(id, 5);
  return Buffer.concat([header, Uint8Array.from(payload)]);
}

export function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, place) => bytes.writeUInt32BE(value, 4 * place));
  return bytes;
}

export function settings(...pairs: readonly (readonly [number, number])[]): Buffer {
  const payload = pairs.map(([name, value]) => Buffer.concat([Uint8Array.of(name >> 8, name & 255), numbers(value)]));
  return frame(frameTypes.settings, 0, 0, Buffer.concat(payload));
}

/** Reads what the client sends: its frames, and the pieces in which they came. */
export class ScriptedPeer {
  readonly frames: SentFrame[] = [];
  readonly writes: Buffer[] = [];
  readonly socket: Duplex;
  isClosed = false;
  #rest = Buffer.alloc(0);
  #hasPreface = false;
  #decoder = new HeaderDecoder({ longest: 1e6 });

  constructor(socket: Duplex) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.#read(Buffer.from(chunk)));
    socket.on('error', () => undefined);
    socket.on('end', () => (this.isClosed = true));
    socket.on('close', () => (this.isClosed = true));
  }

  send(...frames: readonly Buffer[]): void {
    if (!this.socket.destroyed) this.socket.write(Buffer.concat(frames));
  }

  of(type: number): readonly SentFrame[] {
    return this.frames.filter((one) => one.type === type);
  }

  /** The codes of the GOAWAYs that it sent. */
  get goaways(): readonly number[] {
    return this.of(frameTypes.goaway).map(({ payload }) => payload.readUInt32BE(4));
  }

  /** Stream and code of each RST_STREAM. */
  get resets(): readonly (readonly [number, number])[] {
    return this.of(frameTypes.rstStream).map(({ id, payload }) => [id, payload.readUInt32BE(0)] as const);
  }

  /** Octets of bodies, of one stream or all. */
  octets(id?: number): number {
    return this.of(frameTypes.data).reduce((sum, one) => sum + (id === undefined || one.id === id ? one.payload.length : 0), 0);
  }

  /** The header fields of a block; each block once, in order. */
  decode(block: Buffer): readonly string[] {
    return this.#decoder.decode(block);
  }

  #read(chunk: Buffer): void {
    this.writes.push(chunk);
    this.#rest = Buffer.concat([this.#rest, chunk]);
    if (!this.#hasPreface) {
      if (this.#rest.length < preface.length) return;
      if (this.#rest.toString('latin1', 0, preface.length) !== preface) throw new Error('no preface');
      this.#hasPreface = true;
      this.#rest = this.#rest.subarray(preface.length);
    }
    this.#cut();
  }

  #cut(): void {
    while (this.#rest.length >= headerLength) {
      const end = headerLength + this.#rest.readUIntBE(0, 3);
      if (this.#rest.length < end) return;
      const [type = 0, flags = 0] = this.#rest.subarray(3, 5);
      this.frames.push({ type, flags, id: this.#rest.readUInt32BE(5), payload: this.#rest.subarray(headerLength, end) });
      this.#rest = this.#rest.subarray(end);
    }
  }
}

export interface Asked {
  readonly stream: ClientStream;
  /** Undefined while it is under way. */
  end: StreamEnd | undefined;
  ends: number;
}

export interface Wire {
  readonly connection: Connection;
  readonly peer: ScriptedPeer;
  readonly goaways: (readonly [number, number, string])[];
  /** The reasons that `onEnd` gave: one at most. */
  readonly ends: (string | undefined)[];
  rooms: number;
  settings: number;
  ask(content?: Partial<Content>): Asked;
}

export const usualHeaders = [':method', 'POST', ':scheme', 'https', ':authority', 'push.example.org', ':path', '/x'];

/** A client on a pipe to a scripted peer; neither said anything yet but the client's preface. */
export function openWire(longestAnswer = 65_536, [near, far]: readonly [Duplex, Duplex] = duplexPair()): Wire {
  const owner = {
    onSettings: () => void (wire.settings += 1),
    onGoaway: (code: number, last: number, data: Buffer) => void wire.goaways.push([code, last, data.toString()]),
    onRoom: () => void (wire.rooms += 1),
    onEnd: (reason: string | undefined) => void wire.ends.push(reason),
  };
  const connection = new Connection(near, owner, longestAnswer);
  const wire: Wire = {
    connection,
    peer: new ScriptedPeer(far),
    goaways: [],
    ends: [],
    rooms: 0,
    settings: 0,
    ask(content) {
      const asked: Asked = {
        stream: connection.request({ headers: usualHeaders, body: '', ...content }, (end) => {
          asked.end = end;
          asked.ends += 1;
        }),
        end: undefined,
        ends: 0,
      };
      return asked;
    },
  };
  return wire;
}

/** Everything that is on its way arrives. */
export async function rest(turns = 8): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await nextTurn();
}

/** A client whose peer has told its settings. */
export async function openReady(given: readonly Buffer[] = [settings()], longestAnswer?: number): Promise<Wire> {
  const wire = openWire(longestAnswer);
  wire.peer.send(...given);
  await rest();
  return wire;
}
