import { Client } from 'pg';
import { bulkNodeSql } from './load/bulk.ts';
import type { Around } from './around.ts';
import { provider, type Subject } from './subject.ts';

const perStatement = 50_000;
const perSweep = 20_000;
const connectLimitMs = 10_000;
const statementLimitMs = 300_000;

const insert = `INSERT INTO devices (node, owner, provider, token, token_key)
  SELECT ${bulkNodeSql('n')}, 'bulk' || n || '@example.org', $3::text, token, sha256(token::bytea)
  FROM generate_series($1::int, $2::int) AS n, LATERAL encode(sha256(n::text::bytea), 'hex') AS token`;

/** Puts devices with the numbers from `from` to `to - 1` into the database, as a registration would. */
export async function fillDevices(databaseUrl: string, from: number, to: number): Promise<void> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: connectLimitMs, query_timeout: statementLimitMs });
  client.on('error', () => undefined); // what is lost here rejects the next query
  await client.connect();
  try {
    for (let at = from; at < to; at += perStatement) await client.query(insert, [at, Math.min(at + perStatement, to) - 1, provider]);
    // Now, and not by the server itself in the middle of a measurement.
    await client.query('VACUUM ANALYZE devices');
  } finally {
    await client.end();
  }
}

/** One publish to each of the first `devices` put there, over each connection; from here on publishes go to these. */
export async function meetDevices({ load }: Around, { domain }: Pick<Subject, 'domain'>, devices: number): Promise<void> {
  await load.ask('adopt', { domain, devices });
  for (let from = 0; from < devices; from += perSweep)
    await load.ask('publishToEach', { domain, from, to: from + perSweep, isOverEach: true });
}
