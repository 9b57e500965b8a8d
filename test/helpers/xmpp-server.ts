import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import ltx from '@xmpp/xml';
import type { Element } from '@xmpp/xml';

/** How long any wait of a test may take before it fails. */
const patienceMs = Number(process.env['TEST_PATIENCE_MS'] ?? 20_000);

// The library's own parser, on purpose not ours: what we write is read by somebody else.
const { Parser } = ltx as unknown as { Parser: new () => LtxParser };

interface LtxParser {
  on(event: 'start' | 'element' | 'end', listener: (element: Element) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  write(text: string): void;
}

export interface XmppServerOptions {
  readonly secret?: string;
  /** `auto` plays XEP-0114 through; `script` does nothing by itself. */
  readonly play?: 'auto' | 'script';
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly port?: number;
}

/** A scripted XEP-0114 server on a free loopback port. */
export class XmppServer {
  readonly peers: XmppPeer[] = [];
  readonly secret: string;
  readonly #server: Server;
  readonly #play: 'auto' | 'script';
  #waiting: (() => void)[] = [];

  constructor(options: XmppServerOptions) {
    this.secret = options.secret ?? 'a-secret';
    this.#play = options.play ?? 'auto';
    const accept = (socket: Socket) => this.#accept(socket);
    this.#server =
      options.tls === undefined ? createServer({ noDelay: true }, accept) : createTlsServer({ ...options.tls, noDelay: true }, accept);
  }

  async listen(port = 0): Promise<this> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get port(): number {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('not listening');
    return address.port;
  }

  /** The n-th connection since the start, as soon as it is there. */
  async peer(number: number): Promise<XmppPeer> {
    await until(
      () => this.peers.length >= number,
      (wake) => this.#waiting.push(wake),
      `connection ${number}`,
    );
    return this.peers[number - 1]!;
  }

  /** The n-th connection, authenticated. */
  async online(number = 1): Promise<XmppPeer> {
    const peer = await this.peer(number);
    await peer.until(() => peer.isOnline, 'the handshake');
    return peer;
  }

  async close(): Promise<void> {
    for (const peer of this.peers) peer.socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(socket: Socket): void {
    const peer = new XmppPeer(socket, this.#play === 'auto' ? this.secret : undefined);
    this.peers.push(peer);
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

export async function startXmppServer(options: XmppServerOptions = {}): Promise<XmppServer> {
  return new XmppServer(options).listen(options.port);
}

/** The server's side of one connection. */
export class XmppPeer {
  readonly socket: Socket;
  /** Every byte that came in. */
  text = '';
  /** Everything that came in behind the stream header, handshake included. */
  readonly elements: Element[] = [];
  isOnline = false;
  hasEnded = false;
  isClosed = false;
  readonly #secret: string | undefined;
  readonly #streamId = randomUUID();
  #waiting: (() => void)[] = [];

  constructor(socket: Socket, secret: string | undefined) {
    this.socket = socket;
    this.#secret = secret;
    const parser = new Parser();
    parser.on('start', () => secret !== undefined && this.header());
    parser.on('element', (element) => this.#take(element));
    parser.on('end', () => {
      this.hasEnded = true;
      if (secret !== undefined) socket.end('</stream:stream>');
    });
    parser.on('error', () => undefined);
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      this.text += text;
      parser.write(text);
      this.#wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  get stanzas(): Element[] {
    return this.elements.filter(({ name }) => name === 'iq' || name === 'message' || name === 'presence');
  }

  write(data: Buffer | string): void {
    this.socket.write(data);
  }

  header(): void {
    this.write(
      `<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='${this.#streamId}' from='push.test'>`,
    );
  }

  /** Whether the handshake that came in proves the secret. */
  isHandshake(element: Element, secret: string): boolean {
    const expected = createHash('sha1')
      .update(this.#streamId + secret)
      .digest('hex');
    return element.name === 'handshake' && element.getText() === expected;
  }

  streamError(condition: string): void {
    this.write(`<stream:error><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>`);
  }

  /** Settles when the condition holds; every byte and the end of the connection check it anew. */
  until(condition: () => boolean, what: string): Promise<void> {
    return until(condition, (wake) => this.#waiting.push(wake), what);
  }

  untilClosed(): Promise<void> {
    return this.until(() => this.isClosed, 'the end of the connection');
  }

  /** Sends a request and settles with the answer that has its id, as whole XML. */
  async ask(request: string): Promise<string> {
    const id = /\bid='([^']*)'/.exec(request)?.[1];
    this.write(request);
    return (await this.answerTo(id ?? '')).toString();
  }

  async answerTo(id: string): Promise<Element> {
    const find = () => this.stanzas.find(({ attrs }) => attrs['id'] === id && attrs['type'] !== 'get' && attrs['type'] !== 'set');
    await this.until(() => find() !== undefined, `an answer to ${id}`);
    return find()!;
  }

  #take(element: Element): void {
    this.elements.push(element);
    if (this.#secret === undefined || this.isOnline) return;
    this.isOnline = this.isHandshake(element, this.#secret);
    if (this.isOnline) this.write('<handshake/>');
    else this.streamError('not-authorized');
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

async function until(condition: () => boolean, listen: (wake: () => void) => void, what: string): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!condition()) {
    const leftMs = deadline - Date.now();
    if (leftMs <= 0) throw new Error(`waited ${patienceMs} ms for ${what}`);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, leftMs);
      listen(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
