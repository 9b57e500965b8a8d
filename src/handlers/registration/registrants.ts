import type { Jid } from '../../xmpp/stanza/jid.ts';

/** Who may register devices: accounts of the configured domains, `*` for all. A device belongs to an account, never to a bare domain. */
export function mayRegister(sender: Jid, registrants: readonly string[]): boolean {
  return sender.local !== '' && (registrants.includes('*') || registrants.includes(sender.domain));
}
