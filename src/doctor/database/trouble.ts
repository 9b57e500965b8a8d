import { codeOf, messageOf } from '../../base/error-code.ts';
import { isLate } from '../../base/limit.ts';

interface Told {
  readonly found: string;
  readonly advice: string;
}

const wrongUser: Told = { found: 'the server refuses user or password', advice: 'correct database.url, or allow the user in pg_hba.conf' };
const unreachable = 'correct host and port in database.url, and open the port in the firewall';

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const byCode: Readonly<Record<string, Told>> = {
  '28P01': wrongUser,
  '28000': wrongUser,
  '3D000': { found: 'there is no such database', advice: 'make it: CREATE DATABASE reveille OWNER <the user of database.url>' },
  '42501': { found: 'the user may not read what is needed', advice: 'make the user the owner of the database' },
  '53300': { found: 'the server has no connection left', advice: 'raise max_connections, or stop what holds so many' },
  '57P03': { found: 'the server is starting up or shutting down', advice: 'try again in a moment' },
  ECONNREFUSED: { found: 'refused: nobody listens there', advice: `start PostgreSQL; ${unreachable}` },
  ENOENT: { found: 'there is no such socket', advice: 'start PostgreSQL, or correct the host in database.url' },
  EACCES: { found: 'this user must not use the socket', advice: 'run doctor as the user that Reveille runs as' },
  ENOTFOUND: { found: 'the name of its host is not known', advice: 'correct the host in database.url' },
  ETIMEDOUT: { found: 'nothing came back: a firewall drops the packets, or nobody is there', advice: unreachable },
};

/** Why the database can't be had, and what to do. */
export function explainDatabase(error: unknown): Told {
  const code = codeOf(error);
  const known = Object.hasOwn(byCode, code) ? byCode[code] : undefined;
  if (known !== undefined) return { ...known, found: `${known.found} (${code})` };
  if (isLate(error) || /timeout/i.test(messageOf(error))) return { found: 'no answer in time', advice: unreachable };
  return { found: messageOf(error), advice: 'see docs/database.md; the log of PostgreSQL may say more' };
}
