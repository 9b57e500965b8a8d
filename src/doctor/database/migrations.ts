import { readdir } from 'node:fs/promises';
import type { Database, Statement } from '../../registry/postgres/database.ts';
import type { Rights } from './rights.ts';
import { skip, type StepResult } from '../step.ts';

const folder = new URL('../../registry/sql/', import.meta.url);
const newest: Statement = { name: 'doctor-migrations', text: 'SELECT coalesce(max(number), 0) AS newest FROM migrations' };

/** Whether the tables are those of this version. Rejects as the database does. */
export async function examineMigrations(database: Database, rights: Rights): Promise<StepResult> {
  const tried = 'compare the tables with those this version needs';
  if (!rights.hasTables) return { verdict: 'ok', tried, found: 'there are none yet; serve or migrate makes them' };
  if (!rights.canUse) return skip('the tables must not be read');
  const [row] = await database.query(newest);
  const applied = Number(row?.['newest']);
  const known = await countKnown();
  if (applied > known) {
    const advice = 'run the newer version, or restore a backup made before it';
    return { verdict: 'failed', tried, found: `they are of a newer Reveille (${applied}; this one knows ${known})`, advice };
  }
  if (applied === known) return { verdict: 'ok', tried, found: `up to date (${applied})` };
  const pending = `${known - applied} of ${known} migrations are pending`;
  if (rights.isOwner && rights.canCreate) return { verdict: 'ok', tried, found: `${pending}; serve or migrate applies them` };
  return {
    verdict: 'failed',
    tried,
    found: `${pending}, and ${rights.role} may not apply them`,
    advice: `make ${rights.role} the owner of the tables and schema`,
  };
}

/** Migrations are numbered from 1 without a gap. */
async function countKnown(): Promise<number> {
  const numbers = (await readdir(folder)).map((file) => Number(/^(\d{4})-.+\.sql$/.exec(file)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}
