import type { Database } from '../../registry/postgres/database.ts';
import { readKnownSchema, readNewestNumber } from '../../registry/postgres/schema.ts';
import type { Rights } from './rights.ts';
import { skip, type StepResult } from '../step.ts';

/** Whether the tables are those of this version. Rejects as the database does. */
export async function examineMigrations(database: Database, rights: Rights): Promise<StepResult> {
  const tried = 'compare the tables with those this version needs';
  if (!rights.hasTables) return { verdict: 'ok', tried, found: 'there are none yet; serve or migrate makes them' };
  if (!rights.canUse) return skip('the tables must not be read');
  const applied = await readNewestNumber(database);
  const known = await readKnownSchema();
  if (applied > known) {
    const advice = 'install that version again, or restore a backup made before it into an empty database';
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
