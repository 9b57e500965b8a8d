import { DatabaseError } from 'pg';
import { DatabaseUnavailable } from '../registry.ts';

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const unavailableClasses: ReadonlySet<string> = new Set([
  '08', // connection exception
  '28', // credentials refused
  '40', // rolled back: deadlock, serialization
  '53', // out of connections, memory, disk
  '57', // cancelled by a time limit, shutting down, starting up
  '58', // the server's own input and output failed
]);
const unavailableCodes: ReadonlySet<string> = new Set([
  '25006', // read-only: a standby, or an administrator's pause
  '25P03', // ended for idling in a transaction
  '3D000', // the database is being restored
  '55P03', // a lock was not to be had in time
  'XX001', // a damaged page: what can't be read is not what isn't there
  'XX002', // a damaged index
]);

/**
 * What a failed query means to callers: `DatabaseUnavailable` where the same request may go through later, else the error
 * itself without the row it quotes, because rows hold tokens.
 */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof DatabaseError) {
    const plain = withoutRow(error);
    return isUnavailable(error.code ?? '') ? buildUnavailable(plain) : plain;
  }
  // pg reports its time limits and lost connections as plain Errors or system errors; these three are our own bugs.
  const isBug = error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
  return isBug ? error : buildUnavailable(error);
}

function isUnavailable(code: string): boolean {
  return unavailableClasses.has(code.slice(0, 2)) || unavailableCodes.has(code);
}

function buildUnavailable(cause: unknown): DatabaseUnavailable {
  return new DatabaseUnavailable(`the database can't be asked now: ${describe(cause)}`, { cause });
}

/** A refused connect to a name with several addresses is an AggregateError without a message of its own. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === '' && 'code' in error ? String(error.code) : error.message;
}

function withoutRow(error: DatabaseError): DatabaseError {
  return Object.assign(error, { detail: undefined, where: undefined, internalQuery: undefined });
}
