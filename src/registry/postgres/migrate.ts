import { readFile } from 'node:fs/promises';
import { DatabaseError } from 'pg';
import type { Log } from '../../log/log.ts';
import type { Database, Statement, Transaction } from './database.ts';
import { listMigrations, type Migration, readNewestNumber, refuseNewer, schemaFolder } from './schema.ts';

/** Another instance may be busy migrating a large table. */
const limitMs = 15 * 60_000;
const insufficientPrivilege = '42501';

/** Any number will do, as long as every Reveille takes the same one. */
const lockScript = 'SELECT pg_advisory_xact_lock(7367363985)';
const tableScript = `CREATE TABLE IF NOT EXISTS migrations (
  number integer PRIMARY KEY,
  file text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
)`;
const claim: Statement = { name: 'migrations-claim', text: 'INSERT INTO migrations (number, file) VALUES ($1, $2)' };

/**
 * Brings the tables to the state this program knows; several instances may do so at once. Throws where the database is of
 * a newer program, and then nothing has changed.
 */
export async function migrate(database: Database, log: Log): Promise<void> {
  // One transaction for all: what fails half way leaves the database as it was.
  const applied = await database.transaction((transaction) => migrateWithin(transaction), limitMs).catch(explain);
  for (const { file } of applied) log.info('migration-applied', { file });
}

/** The same within a transaction, up to a state that a backup was made in; whoever else migrates waits for its end. */
export async function migrateWithin(transaction: Transaction, upTo = Number.POSITIVE_INFINITY): Promise<readonly Migration[]> {
  const known = await listMigrations();
  await transaction.script(lockScript);
  await transaction.script(tableScript);
  const newest = await readNewestNumber(transaction);
  refuseNewer(newest, known.at(-1)?.number ?? 0);
  const pending = known.filter(({ number }) => number > newest && number <= upTo);
  for (const migration of pending) await apply(transaction, migration);
  return pending;
}

function explain(error: unknown): never {
  if (!(error instanceof DatabaseError && error.code === insufficientPrivilege)) throw error;
  throw new Error(
    `the database user may not create Reveille's tables (${error.message}): make it the owner of the database, or GRANT CREATE ON SCHEMA`,
    { cause: error },
  );
}

async function apply(transaction: Transaction, { number, file }: Migration): Promise<void> {
  await transaction.query(claim, [number, file]);
  await transaction.script(await readFile(new URL(file, schemaFolder), 'utf8'));
}
