import { loadConfig } from '../config/reading/load-config.ts';
import { createLog } from '../log/log.ts';
import { buildPseudonyms } from '../log/pseudonyms.ts';
import { migrate as applyMigrations } from '../registry/postgres/migrate.ts';
import { openExisting } from '../registry/open-existing.ts';
import { openDatabase } from '../registry/open.ts';
import { parseConfigOption } from './line/arguments.ts';

/**
 * `reveille migrate`: brings the database to the state that this version needs, and says what it did; a running
 * `serve` is no hindrance. Settles with 0; rejects where the configuration is mistaken or the database can't be had.
 */
export async function migrate(args: readonly string[]): Promise<number> {
  const config = loadConfig(parseConfigOption(args));
  const log = createLog(config.log.level, process.stdout, buildPseudonyms(config.component.secret, config.log.jids));
  const database = (await openExisting(config.database, log)) ?? (await openDatabase(config.database, log));
  try {
    await applyMigrations(database, log);
  } finally {
    await database.close();
  }
  log.info('database-ready');
  return 0;
}
