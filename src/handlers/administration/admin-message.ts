import { xml } from '../../xmpp/stanza/xml.ts';
import type { Element } from '../../xmpp/stanza/xml.ts';

/** A message from the component to one of its administrators, in plain words (RFC 6121 §5.2.2: `normal`, kept while away). */
export function buildAdminMessage(domain: string, admin: string, text: string): Element {
  return xml('message', { type: 'normal', from: domain, to: admin }, xml('body', {}, `Reveille on ${domain}: ${text}`));
}
