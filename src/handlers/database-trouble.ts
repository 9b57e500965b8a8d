import { DatabaseUnavailable } from '../registry/registry.ts';
import { StanzaError } from '../xmpp/stanza/stanza-error.ts';

/** The database being away is no bug and no refusal: the other side may try again. */
export async function temporaryWithoutDatabase<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    throw new StanzaError('internal-server-error', 'the database can not be reached right now');
  }
}
