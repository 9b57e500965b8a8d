import type { Queries, Row, Statement, Transaction } from '../postgres/database.ts';
import { type TableName, tables } from './format.ts';

/** A waiting push may take a hundred kilobytes. */
const fetchedRows = 200;

/** Whatever the server's settings are, values are written and read in one way; and a slow disk ends nothing. */
export const steadySettings = `
  SET LOCAL timezone = 'UTC';
  SET LOCAL bytea_output = 'hex';
  SET LOCAL idle_in_transaction_session_timeout = 0;`;

const listTables: Statement = { name: '', text: 'SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NOT NULL' };
const fetchRows: Statement = { name: '', text: `FETCH ${fetchedRows} FROM backup_rows` };

/** A push that nobody wants any more goes neither into a backup nor out of it. */
const conditions: Readonly<Record<TableName, string>> = {
  devices: 'true',
  credentials: 'true',
  deferred: 'expires_at > now()',
  proofs: 'true',
};

/** Those of our tables that are there: none in a new database, and one that waits for a migration may lack the latest. */
export async function findTables({ query }: Queries): Promise<readonly TableName[]> {
  const found = (await query(listTables, [tables])).map(({ name }) => name);
  return tables.filter((table) => found.includes(table));
}

/** Exact, however many: the transaction's snapshot. */
export async function countRows({ query }: Queries, table: TableName): Promise<number> {
  const [row] = await query({ name: '', text: `SELECT count(*) AS count FROM ${table} WHERE ${conditions[table]}` });
  return Number(row?.['count']);
}

/** The rows in batches, each in JSON, from the snapshot of the transaction; one batch is in memory at a time. */
export async function* readRows({ query, script }: Transaction, table: TableName): AsyncGenerator<readonly string[]> {
  const select = `SELECT row_to_json(${table})::text AS row FROM ${table} WHERE ${conditions[table]}`;
  await script(`DECLARE backup_rows NO SCROLL CURSOR FOR ${select}`);
  let rows: readonly Row[];
  do {
    rows = await query(fetchRows);
    if (rows.length > 0) yield rows.map(readText);
  } while (rows.length === fetchedRows);
  await script('CLOSE backup_rows');
}

/** Settles with how many were written. The table has exactly the columns that it had when the rows were read. */
export async function writeRows({ query }: Queries, table: TableName, rows: readonly string[]): Promise<number> {
  const insert = `INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1::json) WHERE ${conditions[table]} RETURNING 1`;
  const [row] = await query({ name: '', text: `WITH written AS (${insert}) SELECT count(*) AS count FROM written` }, [
    `[${rows.join(',')}]`,
  ]);
  return Number(row?.['count']);
}

/** Whether any row stands in any of the tables, expired ones included. */
export async function findOccupied({ query }: Queries, among: readonly TableName[]): Promise<TableName | undefined> {
  for (const table of among) {
    const [row] = await query({ name: '', text: `SELECT EXISTS (SELECT FROM ${table}) AS occupied` });
    if (row?.['occupied'] === true) return table;
  }
  return undefined;
}

function readText({ row }: Row): string {
  if (typeof row !== 'string') throw new TypeError('a row is not text');
  return row;
}
