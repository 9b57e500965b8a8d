// Room: all of the database as a file, and back. In: a database or a file. Out: a file or a filled database. May enter: cli.
import { createHash, type Hash } from 'node:crypto';
import { DatabaseError } from 'pg';
import type { Database, Transaction } from '../postgres/database.ts';
import { readKnownSchema, readNewestNumber, refuseNewer } from '../postgres/schema.ts';
import { writeFileWhole } from './file.ts';
import { buildCounts, buildRowLine, formatVersion, type Header, type RowCounts, type TableName } from './format.ts';
import { countRows, findTables, readRows, steadySettings } from './rows.ts';

/** One batch from a busy disk. */
const limitMs = 60_000;
const unknownTable = '42P01';

export interface BackupWatch {
  /** Aborts: nothing is left behind. */
  readonly signal: AbortSignal;
  onProgress(rows: number, ofRows: number): void;
}

export interface TakenBackup {
  readonly rows: RowCounts;
  readonly bytes: number;
}

/**
 * Writes everything that the database holds, as of one moment, into a file; whoever else works on the database goes on.
 * Settles once it is durable; rejects, with no file made or changed, where database or disk fail.
 */
export async function takeBackup(database: Database, path: string, watch: BackupWatch): Promise<TakenBackup> {
  return database.transaction((transaction) => take(transaction, path, watch), limitMs).catch(explain);
}

async function take(transaction: Transaction, path: string, watch: BackupWatch): Promise<TakenBackup> {
  await transaction.script(`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;${steadySettings}`);
  const schema = await readNewestNumber(transaction);
  refuseNewer(schema, await readKnownSchema());
  const rows = buildCounts();
  const header: Header = { format: 'reveille-backup', version: formatVersion, schema, takenAt: new Date().toISOString() };
  const bytes = await writeFileWhole(path, buildText(transaction, header, rows, watch), watch.signal);
  return { rows, bytes };
}

async function* buildText(
  transaction: Transaction,
  header: Header,
  rows: Record<TableName, number>,
  watch: BackupWatch,
): AsyncGenerator<string> {
  const hash = createHash('sha256');
  const tables = await findTables(transaction);
  let total = 0;
  for (const table of tables) total += await countRows(transaction, table);
  let written = 0;
  yield hashed(`${JSON.stringify(header)}\n`, hash);
  for (const table of tables) {
    for await (const batch of readRows(transaction, table)) {
      yield hashed(batch.map((row) => `${buildRowLine(table, row)}\n`).join(''), hash);
      rows[table] += batch.length;
      written += batch.length;
      watch.onProgress(written, total);
    }
  }
  yield `${JSON.stringify({ rows, sha256: hash.digest('hex') })}\n`;
}

function hashed(text: string, hash: Hash): string {
  hash.update(text);
  return text;
}

function explain(error: unknown): never {
  if (!(error instanceof DatabaseError && error.code === unknownTable)) throw error;
  throw new Error('there is nothing of Reveille in the database: is it the right one?', { cause: error });
}
