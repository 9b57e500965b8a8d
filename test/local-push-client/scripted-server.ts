import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { WebSocketServer, type WebSocket } from 'ws';
import { createServer } from '../../src/base/node/http.ts';
import type { Transport } from '../../src/local-push-client/local-push.ts';
import { waitFor } from '../helpers/wait-for.ts';

export type Message = Readonly<Record<string, unknown>>;

export const node = 'bXktbm9kZS1vZi0yNC1ieXRlcy0x';
export const secret = 'q3mVfC1bFqB0kYb1xG0m3nD7sW2uE5rT8yU1iO4pA6s';

/** One connection of a client, seen from the server, which says nothing by itself. */
export interface Peer {
  readonly transport: Transport;
  readonly received: readonly Message[];
  /** WebSocket: the close code that came; server-sent events: 0. Undefined while it is open. */
  readonly closed: number | undefined;
  send(message: Message): void;
  /** Exactly these bytes. */
  sendRaw(data: string | Uint8Array): void;
  /** The n-th message of this type that came. */
  message(type: string, number?: number): Promise<Message>;
  /** Challenge, proof (which is checked), welcome. */
  welcome(keepAlive?: number): Promise<void>;
  end(code?: number): void;
}

/** How a way is closed: the status of the answer, a connection that is cut, or one where nobody ever says a word. */
export type Refusal = { readonly status: number; readonly headers?: Record<string, string> } | 'cut' | 'silent';

/** The server's side of docs/local-push-protocol.md, as a test says it. Closed by whoever started it. */
export class ScriptedServer {
  readonly peers: Peer[] = [];
  /** Tries that came, by either way, refused ones included. */
  readonly tries: Transport[] = [];
  /** What is said to each connection, the first being number 1; what it waits for in vain is nobody's business. */
  onPeer: ((peer: Peer, number: number) => unknown) | undefined;
  readonly refuse: { websocket?: Refusal; events?: Refusal; posts?: number } = {};
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Map<string, Message[]>();
  readonly #webSockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'reveille.local-push.1' });

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on('connection', (socket) => this.#sockets.add(socket));
    this.#server.on('upgrade', (request, socket: Socket, head) => {
      this.tries.push('websocket');
      const refusal = this.refuse.websocket;
      assert.equal(request.headers['sec-websocket-protocol'], 'reveille.local-push.1');
      if (refusal === 'cut') socket.destroy();
      else if (refusal === 'silent') this.#webSockets.handleUpgrade(request, socket, head, () => undefined);
      else if (refusal !== undefined) socket.end(`HTTP/1.1 ${refusal.status} No\r\nContent-Length: 0\r\n\r\n`);
      else this.#webSockets.handleUpgrade(request, socket, head, (opened) => this.#add(new WebSocketPeer(opened)));
    });
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `${this.origin}/local-push`;
  }

  /** The n-th connection since the start, as soon as it is there. */
  peer(number: number): Promise<Peer> {
    return waitFor(`connection ${number}`, () => this.peers[number - 1]);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #add(peer: Peer): void {
    const number = this.peers.push(peer);
    void Promise.resolve(this.onPeer?.(peer, number)).catch(() => undefined);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Access-Control-Allow-Origin', '*');
    if (request.method === 'POST') return this.#take(request, response);
    this.tries.push('events');
    const refusal = this.refuse.events;
    if (refusal === 'cut') return void response.destroy();
    if (refusal === 'silent') return;
    if (refusal !== undefined) return void response.writeHead(refusal.status, refusal.headers).end();
    assert.equal(request.url, '/local-push/events');
    const session = `s${this.#sessions.size + 1}`;
    const received: Message[] = [];
    this.#sessions.set(session, received);
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).flushHeaders();
    this.#add(new EventsPeer(response, received, session));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const session = this.#sessions.get(request.url?.replace('/local-push/events/', '') ?? '');
    const status = this.refuse.posts ?? (session === undefined ? 404 : 202);
    if (status === 202) session?.push(JSON.parse(body) as Message);
    response.writeHead(status).end();
  }
}

abstract class BasePeer implements Peer {
  abstract readonly transport: Transport;
  abstract readonly received: readonly Message[];
  closed: number | undefined;

  abstract send(message: Message): void;
  abstract sendRaw(data: string | Uint8Array): void;
  abstract end(code?: number): void;

  protected get challenge(): Message {
    return { type: 'challenge', nonce: 'k0Jx8vQ2rT5uW7yA1cE3gI6kM9oQ0sU2wY4aC6eG8iK' };
  }

  message(type: string, number = 1): Promise<Message> {
    return waitFor(`${type} ${number}`, () => this.received.filter((message) => message['type'] === type)[number - 1]);
  }

  async welcome(keepAlive = 120): Promise<void> {
    const { challenge } = this;
    this.send({ ...challenge, keepAlive });
    const signed = `reveille local push 1\n${String(challenge['nonce'])}\n${node}`;
    const proof = createHmac('sha256', secret).update(signed).digest('base64url');
    assert.deepEqual(await this.message('prove'), { type: 'prove', node, proof });
    this.send({ type: 'welcome', id: 'c1', later: 'a member of later versions' });
  }
}

class WebSocketPeer extends BasePeer {
  readonly transport = 'websocket';
  readonly received: Message[] = [];
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.received.push(JSON.parse(data.toString()) as Message));
    socket.on('close', (code) => (this.closed = code));
    socket.on('error', () => undefined);
  }

  send(message: Message): void {
    this.sendRaw(JSON.stringify(message));
  }

  sendRaw(data: string | Uint8Array): void {
    this.#socket.send(data);
  }

  end(code?: number): void {
    if (code === undefined) this.#socket.terminate();
    else this.#socket.close(code);
  }
}

class EventsPeer extends BasePeer {
  readonly transport = 'events';
  readonly received: readonly Message[];
  readonly #response: ServerResponse;
  readonly #session: string;
  #saidGoodbye = false;

  constructor(response: ServerResponse, received: readonly Message[], session: string) {
    super();
    this.#response = response;
    this.received = received;
    this.#session = session;
    response.on('close', () => (this.closed = 0));
  }

  protected override get challenge(): Message {
    return { ...super.challenge, session: this.#session };
  }

  send(message: Message): void {
    this.#saidGoodbye ||= message['type'] === 'goodbye';
    this.sendRaw(`data: ${JSON.stringify(message)}\n\n`);
  }

  sendRaw(data: string | Uint8Array): void {
    this.#response.write(data);
  }

  /** As the protocol has it: a word on why, then the end; without a code the connection is cut. */
  end(code?: number): void {
    if (code === undefined) this.#response.destroy();
    else {
      if (!this.#saidGoodbye) this.send({ type: 'goodbye', code });
      this.#response.end();
    }
  }
}
