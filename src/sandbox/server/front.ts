// Room: what the services share: listening, reading, misbehaving, remembering. In: connections. Out: exchanges. May enter: apns, fcm,
// webpush.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2SecureServer, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { createConnection, type Connection } from './connection.ts';
import { buildResponseExchange, buildStreamExchange, type Exchange } from './exchange.ts';
import { readMessage, readStream, type SandboxRequest } from './request.ts';
import type { StreamRules } from './stream-limit.ts';

type StreamEvent = [stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number, rawHeaders: string[]];

/** What a service makes of its connections and requests; C is what it knows of a client. */
export interface Service<C> {
  readonly limits: StreamRules;
  greet(connection: Connection): C;
  serve(request: SandboxRequest, exchange: Exchange, client: C): void;
}

interface Guest<C> {
  readonly connection: Connection;
  readonly client: C;
}

/** The server's side of the connections. */
export class Front<C> {
  #server: Http2SecureServer;
  #service: Service<C>;
  #sockets = new Set<Socket>();
  #byPort = new Map<number | undefined, Socket>();
  /** By session, or by socket over HTTP/1.1. */
  #guests = new WeakMap<object, Guest<C>>();
  #total = 0;

  constructor(server: Http2SecureServer, service: Service<C>) {
    this.#server = server;
    this.#service = service;
    server.on('connection', (socket: Socket) => this.#accepted(socket));
    server.on('session', (session) => this.#opened(session, session.socket as TLSSocket, session));
    server.on('secureConnection', (socket: TLSSocket) => {
      if (socket.alpnProtocol !== 'h2') this.#opened(socket, socket);
    });
    server.on('request', (...pair: [unknown, unknown]) => this.#asked(...(pair as [IncomingMessage, ServerResponse])));
    // With a listener for requests, Node would make requests of streams as well.
    server.removeAllListeners('stream');
    server.on('stream', (...event: StreamEvent) => this.#requested(...event));
    server.on('tlsClientError', ignoreError);
  }

  get connections(): { readonly open: number; readonly total: number } {
    return { open: this.#sockets.size, total: this.#total };
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #accepted(socket: Socket): void {
    const { remotePort } = socket;
    this.#sockets.add(socket);
    this.#byPort.set(remotePort, socket);
    socket.on('error', ignoreError);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#byPort.get(remotePort) === socket) this.#byPort.delete(remotePort);
    });
  }

  #opened(key: ServerHttp2Session | TLSSocket, peer: TLSSocket, session?: ServerHttp2Session): void {
    key.on('error', ignoreError);
    const raw = this.#byPort.get(peer.remotePort);
    if (raw === undefined) return void key.destroy();
    this.#total += 1;
    const connection = createConnection(this.#total, { raw, peer, session }, this.#service.limits);
    this.#guests.set(key, { connection, client: this.#service.greet(connection) });
  }

  #requested(...[stream, headers, , rawHeaders]: StreamEvent): void {
    stream.on('error', ignoreError);
    const guest = stream.session && this.#guests.get(stream.session);
    if (guest !== undefined) readStream(stream, headers, rawHeaders, (request) => this.#serve(request, buildStreamExchange(stream), guest));
  }

  #asked(message: IncomingMessage, response: ServerResponse): void {
    response.on('error', ignoreError);
    const guest = this.#guests.get(message.socket);
    if (guest !== undefined) readMessage(message, (request) => this.#serve(request, buildResponseExchange(response), guest));
  }

  #serve(request: SandboxRequest, exchange: Exchange, { connection, client }: Guest<C>): void {
    if (!connection.isDeafTo(exchange.streamId)) this.#service.serve(request, exchange, client);
  }
}

/** Clients come and go as they like; what matters is seen by them. */
function ignoreError(): void {
  return;
}
