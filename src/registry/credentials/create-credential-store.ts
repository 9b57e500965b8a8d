import type { Log } from '../../log/log.ts';
import type { CredentialStore, StoredCredential } from './credential-store.ts';
import * as table from './table.ts';
import type { Database, Queries } from '../postgres/database.ts';
import { buildSealingKey, seal, unseal, type SealingKey } from './seal.ts';

export interface CredentialKeys {
  /** 32 bytes: what is kept is sealed with it. */
  readonly key?: Buffer | undefined;
  /** 32 bytes: what is sealed with it can still be opened. */
  readonly previousKey?: Buffer | undefined;
}

/** The tables exist already. Ends with `database`. */
export function createCredentialStore(database: Database, keys: CredentialKeys): CredentialStore {
  const { key, previous } = buildKeys(keys);
  const known = [key, previous].filter((one) => one !== undefined);
  return {
    canKeep: key !== undefined,
    async keep(provider, content) {
      if (key === undefined) throw new TypeError('without a key no credential can be kept');
      const [row] = await database.query(table.keepCredential, [provider, seal(content, provider, key), key.id]);
      if (row === undefined) throw new TypeError('keeping a credential returned no row');
      return table.parseMoment(row);
    },
    async read() {
      const rows = await database.query(table.readCredentials);
      return rows.map((row) => open(table.parseCredential(row), known));
    },
    watch(onChange) {
      const hears = database.listen(table.credentialsChannel, { onPayload: onChange, onReset: onChange });
      // The listener says in the log that it has no connection, and goes on trying.
      hears.catch(() => undefined);
    },
  };
}

function open({ provider, sealed, keyId, updatedAt }: table.CredentialRow, keys: readonly SealingKey[]): StoredCredential {
  const key = keys.find(({ id }) => id === keyId);
  if (key === undefined) return { kind: 'unreadable', provider, reason: keys.length === 0 ? 'no-key' : 'other-key', updatedAt };
  const content = unseal(sealed, provider, key);
  if (content === undefined) return { kind: 'unreadable', provider, reason: 'damaged', updatedAt };
  return { kind: 'open', provider, content, updatedAt };
}

/**
 * Seals with the key what the previous one sealed, where both are given. Several instances may do so at once: the second
 * waits for the first and finds nothing left. Rejects as the database does, and then nothing has changed.
 */
export async function sealCredentialsAnew(database: Database, keys: CredentialKeys, log: Log): Promise<void> {
  const { key, previous } = buildKeys(keys);
  if (key === undefined || previous === undefined || key.id === previous.id) return;
  const providers = await database.transaction((transaction) => sealAnew(transaction, previous, key));
  if (providers.length > 0) log.info('credentials-sealed-anew', { providers });
}

async function sealAnew({ query }: Queries, previous: SealingKey, key: SealingKey): Promise<readonly string[]> {
  const rows = (await query(table.lockCredentials, [previous.id])).map(table.parseCredential);
  const opened = rows.flatMap(({ provider, sealed }) => {
    const content = unseal(sealed, provider, previous);
    // What is damaged stays as it is; whoever reads it says so.
    return content === undefined ? [] : [{ provider, sealed: seal(content, provider, key) }];
  });
  for (const { provider, sealed } of opened) await query(table.resealCredential, [provider, sealed, key.id]);
  return opened.map(({ provider }) => provider);
}

function buildKeys({ key, previousKey }: CredentialKeys): {
  readonly key: SealingKey | undefined;
  readonly previous: SealingKey | undefined;
} {
  const build = (bytes: Buffer | undefined) => (bytes === undefined ? undefined : buildSealingKey(bytes));
  return { key: build(key), previous: build(previousKey) };
}
