import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { Line, type LineEnds, type LineListener } from './line.ts';

/** The network between phones and instances: each phone has an address of its own here, and each connection leads to some instance. */
export class Network {
  readonly #server: WebSocketServer;
  readonly #lines = new Map<number, Line>();
  /** Also those that their phone has left without anybody being told. */
  readonly #all = new Set<Line>();
  readonly #absent = new Set<number>();
  /** Connections so far. */
  connections = 0;

  private constructor(choose: (phone: number) => LineEnds | undefined, listener: LineListener) {
    this.#server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    this.#server.on('connection', (socket, { url }) => this.#connect(Number(url?.slice(1)), socket, choose, listener));
  }

  /** Whoever opens it closes it. `choose` says which instance the next connection of a phone leads to. */
  static async open(choose: (phone: number) => LineEnds | undefined, listener: LineListener): Promise<Network> {
    const network = new Network(choose, listener);
    await once(network.#server, 'listening');
    return network;
  }

  urlOf(phone: number): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${phone}`;
  }

  /** The connection that the phone opened last. */
  line(phone: number): Line | undefined {
    return this.#lines.get(phone);
  }

  /** Cuts the phone off, or lets it come back. */
  setAbsent(phone: number, isAbsent: boolean): void {
    if (!isAbsent) this.#absent.delete(phone);
    else {
      this.#absent.add(phone);
      this.#lines.get(phone)?.cut();
    }
  }

  close(): void {
    for (const line of this.#all) line.cut();
    this.#server.close();
  }

  #connect(phone: number, socket: WebSocket, choose: (phone: number) => LineEnds | undefined, listener: LineListener): void {
    socket.on('error', () => undefined); // `close` follows
    const ends = this.#absent.has(phone) ? undefined : choose(phone);
    if (ends === undefined) return socket.terminate();
    this.connections += 1;
    const line = new Line(socket, ends, listener);
    this.#lines.set(phone, line);
    this.#all.add(line);
    line.onEnd = () => this.#all.delete(line);
  }
}
