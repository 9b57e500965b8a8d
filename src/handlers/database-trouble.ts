import { DatabaseUnavailable } from '../registry/registry.ts';
import { StanzaError } from '../xmpp/stanza/stanza-error.ts';

/** The database being away is no bug and no refusal: the other side may try again. */
export function temporaryWithoutDatabase<T>(work: Promise<T>): Promise<T> {
  return work.catch(refuseWithoutDatabase);
}

/** Throws what stands for this error, or the error itself. */
export function refuseWithoutDatabase(error: unknown): never {
  if (!(error instanceof DatabaseUnavailable)) throw error;
  throw new StanzaError('internal-server-error', 'the database can not be reached right now');
}
