import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Connection } from './connection.ts';

/** A scripted XMPP server that lends out the component's connections, each to one borrower at a time. */
export class Server {
  readonly #free: Connection[] = [];
  readonly #all = new Set<Connection>();
  readonly #waiting: ((connection: Connection) => void)[] = [];
  readonly #server = createServer((socket) => {
    const connection: Connection = new Connection(socket, () => this.giveBack(connection));
    this.#all.add(connection);
    socket.on('close', () => this.#all.delete(connection));
  });

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** A connection that is up, as soon as there is one. Rejects when the time is up. */
  async borrow(limitMs: number): Promise<Connection> {
    const found = this.#takeOpen();
    if (found !== undefined) return found;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        reject(new Error(`no connection of the component was up for ${limitMs} ms`));
      }, limitMs);
      const take = (connection: Connection) => {
        clearTimeout(timer);
        resolve(connection);
      };
      this.#waiting.push(take);
    });
  }

  giveBack(connection: Connection): void {
    if (connection.isClosed) return;
    const take = this.#waiting.shift();
    if (take === undefined) this.#free.push(connection);
    else take(connection);
  }

  async close(): Promise<void> {
    for (const connection of this.#all) connection.end();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #takeOpen(): Connection | undefined {
    for (;;) {
      const connection = this.#free.shift();
      if (connection?.isClosed !== true) return connection;
    }
  }
}
