import { steadyNow } from '../../base/clock.ts';

/**
 * Stands among the values of a statement for the instance's clock. It is read when the statement is written: one that waited
 * for a connection, or whose process stood still meanwhile, would make the clock look wrong and its pushes live longer.
 */
export const clock = Object.freeze({ toPostgres: () => new Date(steadyNow()) });

/** Beyond this an instance's clock is wrong; below, the difference may be the time that its statement took to get here. */
const toleranceSeconds = 15;

/**
 * SQL: how far the database's clock is ahead of the instance's, which is `clock`, where that one is so wrong that pushes
 * would come too late or never; else nothing, so that moments come back exactly as they were given. What is due, on lease or
 * expired is always asked of the database's clock.
 */
export function ahead(clock: string): string {
  const difference = `now() - ${clock}::timestamptz`;
  return `CASE WHEN abs(extract(epoch FROM ${difference})) > ${toleranceSeconds} THEN ${difference} ELSE interval '0' END`;
}
