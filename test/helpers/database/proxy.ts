import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';

/** A way to a database that a test can spoil. */
export interface DatabaseProxy {
  /** The same database by this way. */
  readonly url: string;
  /** Connections that are open. */
  readonly connections: number;
  /** From now on nothing comes through, and nobody is told. */
  freeze(): void;
  /** From now on every answer takes this long. */
  delay(ms: number): void;
  /** Everything comes through again, at once; what was held back as well. */
  thaw(): void;
  /** Ends every connection. */
  cut(): void;
  close(): Promise<void>;
}

interface State {
  isFrozen: boolean;
  delayMs: number;
}

/** On a free loopback port, before a server that listens on a socket file as those of `postgres.ts` do. */
export async function startDatabaseProxy(url: string): Promise<DatabaseProxy> {
  const state: State = { isFrozen: false, delayMs: 0 };
  const sockets = new Set<Socket>();
  const resumes = new Set<() => void>();
  const path = `${new URL(url).searchParams.get('host') ?? ''}/.s.PGSQL.5432`;
  const server = createServer((client) => join(client, path));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  function join(client: Socket, to: string): void {
    const database = createConnection(to);
    pipe(client, database, () => 0);
    pipe(database, client, () => state.delayMs);
  }

  function pipe(from: Socket, to: Socket, delayMs: () => number): void {
    const held: Buffer[] = [];
    const flush = () => {
      for (const chunk of held.splice(0)) if (!to.destroyed) to.write(chunk);
    };
    sockets.add(from);
    resumes.add(flush);
    from.on('data', (chunk) => {
      held.push(chunk);
      setTimeout(() => state.isFrozen || flush(), delayMs());
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      resumes.delete(flush);
      if (state.isFrozen) resumes.add(() => to.destroy());
      else to.destroy();
    });
  }

  return {
    url: buildUrl(url, server),
    get connections() {
      return sockets.size / 2;
    },
    freeze: () => void (state.isFrozen = true),
    delay: (ms) => void (state.delayMs = ms),
    thaw: () => {
      Object.assign(state, { isFrozen: false, delayMs: 0 });
      for (const resume of resumes) resume();
    },
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function buildUrl(url: string, server: Server): string {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  const proxied = new URL(url);
  proxied.search = '';
  proxied.port = String(address.port);
  proxied.hostname = '127.0.0.1';
  return proxied.href;
}
