import type { Http2SecureServer, Http2Session, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { createConnection, type Connection, type ConnectionRules } from './connection.ts';
import type { Desk } from './desk.ts';
import { readRequest } from './request.ts';

type StreamEvent = [stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number, rawHeaders: string[]];

/** The server's side of the connections. */
export class Front {
  #server: Http2SecureServer;
  #desk: Desk;
  #rules: ConnectionRules;
  #sockets = new Set<Socket>();
  #byPort = new Map<number | undefined, Socket>();
  #connections = new WeakMap<Http2Session, Connection>();
  #total = 0;

  constructor(server: Http2SecureServer, desk: Desk, rules: ConnectionRules) {
    this.#server = server;
    this.#desk = desk;
    this.#rules = rules;
    server.on('connection', (socket: Socket) => this.#accepted(socket));
    server.on('session', (session) => this.#opened(session));
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

  #requested(...[stream, headers, , rawHeaders]: StreamEvent): void {
    stream.on('error', ignoreError);
    const connection = stream.session && this.#connections.get(stream.session);
    if (connection !== undefined) readRequest(stream, headers, rawHeaders, (request) => this.#desk.serve(request, stream, connection));
  }

  #opened(session: ServerHttp2Session): void {
    session.on('error', ignoreError);
    const raw = this.#byPort.get(session.socket.remotePort);
    if (raw === undefined) return session.destroy();
    this.#total += 1;
    this.#connections.set(session, createConnection(this.#total, session, raw, this.#rules));
  }
}

/** Clients come and go as they like; what matters is seen by them. */
function ignoreError(): void {
  return;
}
