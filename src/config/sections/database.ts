import { z } from 'zod';
import { databaseUrl } from '../values/database-url.ts';
import { encryptionKey } from '../values/encryption-key.ts';
import { path } from '../values/plain.ts';

/** Where registrations are kept. Address and keys are not enumerable in a {@link Config}. */
export interface DatabaseConfig {
  /** Undefined: the embedded PostgreSQL under `dataDir`. */
  readonly url: string | undefined;
  /** A path; absolute in a {@link Config}. */
  readonly dataDir: string;
  /** 32 bytes. */
  readonly key: Buffer | undefined;
  /** 32 bytes; the key before, while what it encrypted is being encrypted anew. */
  readonly previousKey: Buffer | undefined;
}

export const databaseSection = z
  .strictObject({
    url: databaseUrl.optional().meta({ description: 'PostgreSQL to use; absent: an embedded one under data-dir.' }),
    'data-dir': path().default('../data').meta({ description: 'Folder of the embedded PostgreSQL.' }),
    key: encryptionKey.optional().meta({ description: 'Encrypts credentials kept in the database: 32 bytes in base64.' }),
    'previous-key': encryptionKey
      .optional()
      .meta({ description: 'The key before this one: credentials sealed with it are opened, and sealed anew with key at the start.' }),
  })
  .prefault({})
  .meta({ description: 'Where registrations are kept.' })
  .transform(({ url, 'data-dir': dataDir, key, 'previous-key': previousKey }): DatabaseConfig => ({ url, dataDir, key, previousKey }));
