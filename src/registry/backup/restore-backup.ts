import type { Database, Queries, Statement, Transaction } from '../postgres/database.ts';
import { migrateWithin } from '../postgres/migrate.ts';
import { readKnownSchema, readNewestNumber } from '../postgres/schema.ts';
import { BackupUnusable, buildCounts, type Header, type RowCounts, tables } from './format.ts';
import { type BackupReader, openBackup } from './read-backup.ts';
import { findOccupied, findTables, steadySettings, writeRows } from './rows.ts';

/** One batch on a busy disk, or the migrations behind the last one. */
const limitMs = 15 * 60_000;

const countOthers: Statement = {
  name: '',
  text: `SELECT count(*) AS count FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'reveille' AND pid <> pg_backend_pid()`,
};

export interface RestoreWatch {
  /** Aborts: nothing is written then. */
  readonly signal: AbortSignal;
  onProgress(rows: number, ofRows: number): void;
}

/** A backup that was read to its end and found whole. */
export interface CheckedBackup {
  readonly header: Header;
  readonly rows: RowCounts;
}

/** Reads all of it. Rejects with BackupUnusable where it is not whole, or of a newer program. */
export async function checkBackup(path: string, signal: AbortSignal): Promise<CheckedBackup> {
  const reader = await openKnown(path);
  const rows = buildCounts();
  try {
    for await (const batch of reader.batches) {
      signal.throwIfAborted();
      rows[batch.table] += batch.rows.length;
    }
  } finally {
    await reader.close();
  }
  return { header: reader.header, rows };
}

/**
 * Fills an empty database with what a backup holds, and brings it to the state this program needs; settles with the rows
 * that were written. Rejects, and then nothing has changed, where the database holds anything or is in use, or where the
 * backup turns out to be unusable.
 */
export async function restoreBackup(database: Database, path: string, checked: CheckedBackup, watch: RestoreWatch): Promise<RowCounts> {
  const reader = await openKnown(path);
  try {
    return await database.transaction((transaction) => restore(transaction, reader, checked, watch), limitMs);
  } finally {
    await reader.close();
  }
}

async function openKnown(path: string): Promise<BackupReader> {
  const reader = await openBackup(path);
  const known = await readKnownSchema();
  const { schema } = reader.header;
  if (schema <= known) return reader;
  await reader.close();
  throw new BackupUnusable(
    `the backup was made by a newer Reveille (its schema is ${schema}, this program knows ${known}): restore it with that version, or with a later one`,
  );
}

async function restore(
  transaction: Transaction,
  { header, batches }: BackupReader,
  checked: CheckedBackup,
  watch: RestoreWatch,
): Promise<RowCounts> {
  await transaction.script(steadySettings);
  await refuseOthers(transaction);
  await prepareTables(transaction, header.schema);
  const total = sumOf(checked.rows);
  const rows = buildCounts();
  let read = 0;
  for await (const batch of batches) {
    watch.signal.throwIfAborted();
    rows[batch.table] += await writeRows(transaction, batch.table, batch.rows);
    read += batch.rows.length;
    watch.onProgress(read, total);
  }
  await migrateWithin(transaction);
  await transaction.script(`ANALYZE ${tables.join(', ')}`);
  return rows;
}

/** A Reveille that starts meanwhile waits for our end, because it migrates first. */
async function refuseOthers({ query }: Queries): Promise<void> {
  const [row] = await query(countOthers);
  if (Number(row?.['count']) > 0) throw new Error('another Reveille is connected to this database: stop it first');
}

/** The rows fit the tables as they were; migrations then do with them what they did elsewhere. */
async function prepareTables(transaction: Transaction, schema: number): Promise<void> {
  await migrateWithin(transaction, schema);
  const present = await findTables(transaction);
  const occupied = await findOccupied(transaction, present);
  if (occupied !== undefined) {
    throw new Error(`the database is not empty (there are rows in ${occupied}): a backup is restored into an empty one only`);
  }
  if ((await readNewestNumber(transaction)) === schema) return;
  // Tables of a later state, and empty: made anew as they were.
  await transaction.script(`DROP TABLE ${[...present].reverse().join(', ')}, migrations`);
  await migrateWithin(transaction, schema);
}

function sumOf(rows: RowCounts): number {
  return tables.reduce((sum, table) => sum + rows[table], 0);
}
