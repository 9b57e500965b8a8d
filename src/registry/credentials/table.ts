import type { Row, Statement } from '../postgres/database.ts';
import { parseText } from '../devices/table.ts';

/** Its notifications have no payload: there are few credentials, and whoever hears one reads all. */
export const credentialsChannel = 'reveille_credentials';

export interface CredentialRow {
  readonly provider: string;
  readonly sealed: Buffer;
  readonly keyId: string;
  readonly updatedAt: Date;
}

/** Values: provider, sealed, key id. */
export const keepCredential: Statement = {
  name: 'credentials-keep',
  text: `WITH kept AS (
    INSERT INTO credentials (provider, sealed, key_id) VALUES ($1, $2, $3)
    ON CONFLICT (provider) DO UPDATE SET sealed = EXCLUDED.sealed, key_id = EXCLUDED.key_id, updated_at = now()
    RETURNING updated_at
  ) SELECT updated_at, pg_notify('${credentialsChannel}', '') FROM kept`,
};

export const readCredentials: Statement = {
  name: 'credentials-read',
  text: 'SELECT provider, sealed, key_id, updated_at FROM credentials ORDER BY provider',
};

/** Value: key id. Whoever else seals or keeps one of these waits, and then finds it under another key id. */
export const lockCredentials: Statement = {
  name: 'credentials-lock',
  text: 'SELECT provider, sealed, key_id, updated_at FROM credentials WHERE key_id = $1 ORDER BY provider FOR UPDATE',
};

/** Values: provider, sealed, key id. It stays the same credential: nobody needs to be told. */
export const resealCredential: Statement = {
  name: 'credentials-reseal',
  text: 'UPDATE credentials SET sealed = $2, key_id = $3 WHERE provider = $1',
};

export function parseCredential(row: Row): CredentialRow {
  const { sealed } = row;
  if (!Buffer.isBuffer(sealed)) throw new TypeError('column sealed is not bytes');
  return { provider: parseText(row, 'provider'), sealed, keyId: parseText(row, 'key_id'), updatedAt: parseMoment(row) };
}

export function parseMoment({ updated_at: moment }: Row): Date {
  if (!(moment instanceof Date)) throw new TypeError('column updated_at is not a date');
  return moment;
}
