// Room: statements, connections, notifications and migrations of a PostgreSQL. In: an address. Out: rows, or DatabaseUnavailable. May
// enter: registry and its rooms, cli, doctor.
import { Pool, type ClientConfig, type PoolClient } from 'pg';
import type { Log } from '../../log/log.ts';
import { translateDatabaseError } from './database-error.ts';
import type { Database, Queries, Row, Statement, Transaction } from './database.ts';
import { createListener, type Listener } from './listener.ts';
import { createSockets } from './sockets.ts';
import { withLimit } from '../../base/limit.ts';

const connectLimitMs = 5_000;
const statementLimitMs = 5_000;
/** The server ends a statement first; this one is for a server that no longer answers. */
const answerGraceMs = 1_000;
const closeLimitMs = 5_000;
const poolSize = 10;

/** pg reads a time limit per query from its config object, where its types have none. */
interface LimitedQuery extends Statement {
  readonly values: unknown[];
  readonly query_timeout: number;
}

/** Opens no connection yet. Its errors are those of {@link Database}; whoever created it closes it. */
export function createPostgres(url: string, log: Log): Database {
  const sockets = createSockets();
  const connection: ClientConfig = {
    connectionString: url,
    application_name: 'reveille',
    connectionTimeoutMillis: connectLimitMs,
    statement_timeout: statementLimitMs,
    query_timeout: statementLimitMs + answerGraceMs,
    keepAlive: true,
    stream: sockets.create,
  };
  const pool = new Pool({ ...connection, max: poolSize, idleTimeoutMillis: 60_000 });
  // Without a listener a connection lost while idle would end the process.
  pool.on('error', (error) => log.warn('database-connection-lost', { reason: error.message }));
  // It may be lost in the very read that brings it up, before whoever asked for it has it in hand.
  pool.on('connect', (client) => client.on('error', ignoreError));
  const listeners: Listener[] = [];
  let closing: Promise<void> | undefined;

  return {
    query: (statement, values = []) => withClient(pool, (client) => runQuery(client, statement, values)),
    transaction: (work, limitMs) => withClient(pool, (client) => runTransaction(client, work, limitMs)),
    listen: (channel, handlers) => {
      const listener = createListener(connection, channel, handlers, log);
      listeners.push(listener);
      return listener.ready;
    },
    close: () => (closing ??= closeAll()),
  };

  async function closeAll(): Promise<void> {
    await Promise.all(listeners.map((listener) => listener.close()));
    await withLimit(pool.end(), closeLimitMs).catch(() => log.warn('database-close-forced'));
    sockets.destroy();
  }
}

async function withClient<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await connect(pool);
  let isSound = false;
  try {
    const result = await work(client);
    isSound = true;
    return result;
  } finally {
    // After an error nobody knows what state the connection is in: it is cheaper to open another.
    client.release(!isSound);
  }
}

/** A connection lost while it is lent out rejects the query in hand; the event must find a listener all the same. */
function ignoreError(): void {
  return;
}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw translateDatabaseError(error);
  }
}

async function runQuery(client: PoolClient, statement: Statement, values: readonly unknown[], limitMs?: number): Promise<readonly Row[]> {
  const query = { name: statement.name, text: statement.text, values: [...values] };
  try {
    const { rows } = await client.query<Row>(limitMs === undefined ? query : limitQuery(query, limitMs));
    return rows;
  } catch (error) {
    throw translateDatabaseError(error);
  }
}

function limitQuery(query: { name: string; text: string; values: unknown[] }, limitMs: number): LimitedQuery {
  return { ...query, query_timeout: limitMs + answerGraceMs };
}

async function runTransaction<T>(client: PoolClient, work: (transaction: Transaction) => Promise<T>, limitMs?: number): Promise<T> {
  const query: Queries['query'] = (statement, values = []) => runQuery(client, statement, values, limitMs);
  const script = async (text: string): Promise<void> => {
    await runQuery(client, { name: '', text }, [], limitMs);
  };
  await script(limitMs === undefined ? 'BEGIN' : `BEGIN; SET LOCAL statement_timeout = ${limitMs}`);
  try {
    const result = await work({ query, script });
    await script('COMMIT');
    return result;
  } catch (error) {
    // Where even this fails, the connection is thrown away, which rolls back as well.
    await script('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
