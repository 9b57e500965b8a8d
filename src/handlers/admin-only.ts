import type { Jid } from '../xmpp/jid.ts';

/** For {@link Command.isAllowed}: only these bare JIDs, from whichever resource. */
export function adminOnly(admins: readonly string[]): (sender: Jid) => boolean {
  return (sender) => admins.includes(sender.bare);
}
