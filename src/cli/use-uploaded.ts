import type { Config } from '../config/config.ts';
import type { Log } from '../log/log.ts';
import { Certificates } from '../push/credentials/certificates.ts';
import { readMessage } from '../push/guard/describe-error.ts';
import type { Provider } from '../push/provider/provider.ts';
import { createCredentialStore } from '../registry/credentials/create-credential-store.ts';
import { openExisting } from '../registry/open-existing.ts';

/**
 * Gives providers the certificates that administrators uploaded, as `serve` does; changes nothing in the database. Settles
 * when that is done or can't be done, which the log tells; never rejects.
 */
export async function useUploaded({ database: place }: Config, providers: ReadonlyMap<string, Provider>, log: Log): Promise<void> {
  if ([...providers.values()].every(({ certificateSlot }) => certificateSlot === undefined)) return;
  try {
    const database = await openExisting(place, log);
    if (database === undefined) return;
    const certificates = new Certificates({ providers, store: createCredentialStore(database, place), log });
    await certificates.load();
    await certificates.close();
    await database.close();
  } catch (error) {
    log.warn('certificates-not-read', { reason: readMessage(error) });
  }
}
