import type { Database } from './database.ts';
import { askNothing } from './devices-table.ts';
import { DatabaseUnavailable } from './registry.ts';

/** Whoever asks whether the embedded database is well is told of a full disk as well: it answers, and can't keep anything. */
export function tellTrouble(database: Database, trouble: () => string | undefined): Database {
  const query: Database['query'] = async (statement, values) => {
    const found = statement === askNothing ? trouble() : undefined;
    if (found === undefined) return database.query(statement, values);
    throw new DatabaseUnavailable(found, { cause: Object.assign(new Error(found), { code: 'ENOSPC' }) });
  };
  return { ...database, query };
}
