import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** Connections whose TLS handshake is under way, which no other bound counts. */
export class Handshakes {
  readonly #most: number;
  readonly #sockets = new Set<Socket>();
  #secured = 0;

  constructor(most: number) {
    this.#most = most;
  }

  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.#add(socket));
    server.on('secureConnection', (socket: TLSSocket) => {
      this.#secured += 1;
      socket.once('close', () => (this.#secured -= 1));
    });
  }

  /** Ends every connection, also one that is no further than its handshake: the server does not know of it. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #add(socket: Socket): void {
    if (this.#sockets.size - this.#secured >= this.#most) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
