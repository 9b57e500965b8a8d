import { compose, type Manners } from './manners.ts';

const domain = 'example.net';

/** openfire-pushnotification-plugin: a fixed text, fields without value, and no look at any answer. Openfire asks components who they are. */
export const openfire: Manners = {
  name: 'Openfire',
  domain,
  publisher: domain,
  publish: (note) =>
    compose(
      domain,
      note,
      `<x xmlns='jabber:x:data' type='form'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:push:summary</value></field>` +
        `<field var='message-count' type='text-single'><value>1</value></field><field var='last-message-sender' type='text-single'/>` +
        `<field var='last-message-body' type='text-single'><value>New Message</value></field></x>`,
    ),
  tells: () => ({ 'unread-messages': 1, body: 'New Message' }),
  patience: Infinity,
  counts: () => false,
  greet: (component) => [
    `<iq type='get' id='openfire-disco' from='${domain}' to='${component}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>`,
    `<iq type='get' id='openfire-version' from='${domain}' to='${component}'><query xmlns='jabber:iq:version'/></iq>`,
    `<presence type='probe' from='admin@${domain}' to='${component}'/>`,
  ],
};

/** A name under Openfire's own stays; any other is taken for a subdomain, and stanzas come addressed to that. */
export const rewriteAsOpenfire = (component: string): string => (component.endsWith(`.${domain}`) ? component : `${component}.${domain}`);
