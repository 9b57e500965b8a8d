import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Link } from '../../chaos/world/link.ts';
import { Peer } from '../../throughput/load/peer.ts';

const upLimitMs = 120_000;
const askLimitMs = 60_000;
const lookMs = 20;

/** Asked of the component, and its connection was gone or no answer came in a minute. */
export class Unanswered extends Error {}

/** An XMPP server as far as a component can tell. */
export class ScriptedServer {
  /** The connection that is up, if any. */
  link: Link | undefined;
  /** Hears of every answer that nobody waits for. */
  onAnswer: (id: string, xml: string) => void = () => undefined;
  /** Hears that a connection is gone. */
  onLost: () => void = () => undefined;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #asked = new Map<string, (xml: string | undefined) => void>();
  #links = 0;
  #questions = 0;

  private constructor() {
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Settles when it listens on a free port of the loopback. Whoever creates it closes it. */
  static async listen(): Promise<ScriptedServer> {
    const server = new ScriptedServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Settles when a component is attached; rejects after two minutes. */
  async up(): Promise<Link> {
    const limit = performance.now() + upLimitMs;
    while (this.link === undefined) {
      if (performance.now() > limit) throw new Error('no component attached');
      await sleep(lookMs);
    }
    return this.link;
  }

  /** Settles with the answer to the IQ with this id; rejects with Unanswered. */
  async ask(buildIq: (id: string) => string): Promise<string> {
    const link = await this.up();
    const id = `ask-${(this.#questions += 1)}`;
    const answer = Promise.withResolvers<string | undefined>();
    this.#asked.set(id, answer.resolve);
    const timer = setTimeout(() => answer.resolve(undefined), askLimitMs);
    link.write(buildIq(id));
    const xml = await answer.promise;
    clearTimeout(timer);
    this.#asked.delete(id);
    if (xml === undefined) throw new Unanswered(`${id}: no answer`);
    return xml;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    new Peer(socket, (_, peer) => this.#attach(new Link((this.#links += 1), socket, peer)));
  }

  #attach(link: Link): void {
    this.link = link;
    link.onStanza = (id, xml) => {
      const resolve = this.#asked.get(id);
      if (resolve === undefined) this.onAnswer(id, xml);
      else resolve(xml);
    };
    link.onClosed = () => {
      if (this.link !== link) return;
      this.link = undefined;
      for (const resolve of this.#asked.values()) resolve(undefined);
      this.onLost();
    };
  }
}
