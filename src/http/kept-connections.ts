import type { IncomingMessage, ServerResponse, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { readClient } from './client-address.ts';
import { parseTarget } from './request-target.ts';

/** Somebody who takes connections of the listener over and keeps them. Bounds them himself, and ends them before the server closes. */
export interface ConnectionKeeper {
  takes(path: string): boolean;
  request(request: IncomingMessage, response: ServerResponse, visit: Visit): void;
  upgrade(request: IncomingMessage, socket: Duplex, visit: Visit & { readonly head: Buffer }): void;
}

/** Who asks for what. */
export interface Visit {
  /** Whom limits count. */
  readonly client: string;
  readonly path: string;
  /** Called where the connection is kept: it is no request's any more. */
  readonly onStay: () => void;
}

/** Requests are short, so that few connections are enough for them; each costs some kilobytes. The reverse proxy bounds them per client. */
export class RequestConnections {
  readonly #most: number;
  readonly #sockets = new Set<Duplex>();

  constructor(most: number) {
    this.#most = most;
  }

  /** `event` is the one that brings the sockets of the requests. */
  watch(server: Server, event: 'connection' | 'secureConnection'): void {
    server.on(event, (socket: Socket) => this.#add(socket));
  }

  /** This one is no request's any more: somebody else counts it. */
  release(socket: Duplex): void {
    this.#sockets.delete(socket);
  }

  #add(socket: Socket): void {
    if (this.#sockets.size >= this.#most) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}

/** Gives the keeper what is his; true where it was. */
export class Keeping {
  readonly #keeper: ConnectionKeeper | undefined;
  readonly #connections: RequestConnections;
  readonly #trustProxy: boolean;

  constructor(keeper: ConnectionKeeper | undefined, connections: RequestConnections, trustProxy: boolean) {
    this.#keeper = keeper;
    this.#connections = connections;
    this.#trustProxy = trustProxy;
  }

  wants(request: IncomingMessage): boolean {
    return this.#keeper?.takes(parseTarget(request.url).path) ?? false;
  }

  request(request: IncomingMessage, response: ServerResponse): boolean {
    if (!this.wants(request)) return false;
    this.#keeper?.request(request, response, this.#describe(request));
    return true;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Without the option that asks beforehand, as in older Nodes, whatever wants to speak something else comes here.
    if (!this.wants(request)) socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    else this.#keeper?.upgrade(request, socket, { ...this.#describe(request), head });
  }

  #describe(request: IncomingMessage): Visit {
    const { socket } = request;
    const { path } = parseTarget(request.url);
    return { client: readClient(request, this.#trustProxy), path, onStay: () => this.#connections.release(socket) };
  }
}
