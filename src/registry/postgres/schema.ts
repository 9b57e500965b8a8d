import { readdir } from 'node:fs/promises';
import type { Queries, Statement } from './database.ts';

/** Every change of the tables that this program knows, one a file, numbered from 1 without a gap. */
export const schemaFolder = new URL('../sql/', import.meta.url);
const fileName = /^(\d{4})-[a-z0-9-]+\.sql$/;
const newest: Statement = { name: 'migrations-newest', text: 'SELECT coalesce(max(number), 0) AS newest FROM migrations' };

export interface Migration {
  readonly number: number;
  readonly file: string;
}

/** The tables, or a backup, are of a newer program: this one must not touch them. */
export class NewerSchema extends Error {
  override readonly name = 'NewerSchema';
}

export async function listMigrations(): Promise<readonly Migration[]> {
  const files = await readdir(schemaFolder);
  return files
    .map((file) => ({ file, number: Number(fileName.exec(file)?.[1]) }))
    .filter(({ number }) => !Number.isNaN(number))
    .sort((a, b) => a.number - b.number);
}

/** The state that this program brings a database to. */
export async function readKnownSchema(): Promise<number> {
  return (await listMigrations()).at(-1)?.number ?? 0;
}

/** The state that the database is in; its table of migrations exists. */
export async function readNewestNumber({ query }: Queries): Promise<number> {
  const [row] = await query(newest);
  return Number(row?.['newest']);
}

/** Throws NewerSchema where a newer program has changed the tables; its words are for administrators. */
export function refuseNewer(schema: number, known: number): void {
  if (schema <= known) return;
  throw new NewerSchema(
    `the database was set up by a newer Reveille (its schema is ${schema}, this program knows ${known}), and nothing in it was changed: ` +
      'install that version again, or restore a backup made before it into an empty database',
  );
}

/** The same of a database whose table of migrations exists; rejects as the database does. */
export async function refuseNewerTables(queries: Queries): Promise<void> {
  refuseNewer(await readNewestNumber(queries), await readKnownSchema());
}
