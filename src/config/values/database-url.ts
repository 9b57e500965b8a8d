import { Client } from 'pg';
import { z } from 'zod';

const expected = 'expected a URL such as "postgres://user@host/database"';
const form = /^postgres(ql)?:\/\/\S+$/;
const libpqForm = `${expected}; the form of libpq (host=… password=…) is not read`;
const inPassword = 'in user and password write / ? # @ and % as %2F %3F %23 %40 and %25';

/** Where a PostgreSQL is, as the client library will read it. No message quotes it: it may hold a password. */
export const databaseUrl = z
  .string({ error: expected })
  .regex(form, { error: ({ input }) => (isLibpqForm(String(input)) ? libpqForm : expected), abort: true })
  .superRefine((text, context) => {
    const mistake = findMistake(text);
    if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake });
  });

function isLibpqForm(text: string): boolean {
  return /^\s*\w+\s*=/.test(text);
}

function findMistake(text: string): string | undefined {
  if (hasLooseCharacter(text)) return `${expected}; ${inPassword}`;
  return refusalOf(text);
}

/** A `/`, `?` or `#` in a password ends the address before its host; an `@` then stands behind it. */
function hasLooseCharacter(text: string): boolean {
  const rest = text.replace(/^\w+:\/\//, '');
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  const behind = rest.slice(authority.length).replace(/[?&][^=&#]+=[^&#]*/g, '');
  const isStray = /%(?![0-9a-f]{2})/i.test(authority) || authority.split('@').length > 2;
  return isStray || behind.includes('@') || behind.includes('#') || (!URL.canParse(text) && /:[^/]*$/.test(authority));
}

/** What the client library has against it, such as a certificate file that is not there; it opens no connection for this. */
function refusalOf(text: string): string | undefined {
  try {
    return new Client({ connectionString: text }).host === '' ? `${expected}, with a host` : undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return code === 'ENOENT' || code === 'EACCES'
      ? 'expected files that can be read in its sslcert, sslkey and sslrootcert'
      : `${expected}; ${inPassword}`;
  }
}
