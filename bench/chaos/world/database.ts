import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { createLog } from '../../../src/log/log.ts';
import { findPostmaster } from '../../../src/registry/embedded/process/postmaster.ts';
import { startEmbedded } from '../../../src/registry/embedded/start-embedded.ts';

const silent = createLog('silent');
const limitMs = 60_000;

/** The PostgreSQL of the run. */
export interface Database {
  readonly url: string;
  /** Ends it as an administrator does, and brings it back after a while. */
  restart(downMs: number): Promise<void>;
  /** Kills the server process; what looks after it brings it back. */
  kill(): void;
  /** Nodes and kinds for which pushes wait, with a space between. */
  readWaiting(): Promise<ReadonlySet<string>>;
  countDevices(): Promise<number>;
  close(): Promise<void>;
}

/** On the folder; whoever starts it closes it. */
export async function startDatabase(folder: string): Promise<Database> {
  let server = await startEmbedded(folder, silent);
  const { url } = server;
  return {
    url,
    async restart(downMs) {
      await server.close();
      await sleep(downMs);
      server = await startEmbedded(folder, silent);
    },
    kill() {
      const found = findPostmaster(join(folder, 'postgres'));
      if (found !== undefined) process.kill(found.pid, 'SIGKILL');
    },
    async readWaiting() {
      const rows = await ask(url, 'SELECT node, kind FROM deferred WHERE expires_at > now()');
      return new Set(rows.map(({ node, kind }) => `${String(node)} ${String(kind)}`));
    },
    countDevices: async () => Number((await ask(url, 'SELECT count(*) AS devices FROM devices'))[0]?.['devices']),
    close: () => server.close(),
  };
}

/** One statement on a connection of its own. */
async function ask(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: limitMs, query_timeout: limitMs });
  client.on('error', () => undefined); // what is lost here rejects connect or query
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
