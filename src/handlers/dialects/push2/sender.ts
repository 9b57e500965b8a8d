import type { Jid } from '../../../xmpp/stanza/jid.ts';

/** The servers of the configured domains, as themselves or in the name of an account. A client would have a resource behind its account. */
export function mayRelay({ local, domain, resource }: Jid, registrants: readonly string[]): boolean {
  return (local === '' || resource === '') && (registrants.includes('*') || registrants.includes(domain));
}
