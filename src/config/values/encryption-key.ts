import { z } from 'zod';

const keyBytes = 32;
const error = 'expected 32 bytes in base64 (openssl rand -base64 32 makes them)';

/** The key that encrypts credentials in the database. */
export const encryptionKey = z.string({ error }).transform((text, context) => {
  const key = Buffer.from(text, 'base64');
  // Buffer.from skips what isn't base64; encoding again shows whether anything was skipped.
  if (key.length === keyBytes && key.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')) return key;
  context.addIssue({ code: 'custom', message: error });
  return z.NEVER;
});
