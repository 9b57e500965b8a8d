import { createHash } from 'node:crypto';
import { compose, type Manners } from './manners.ts';

const domain = 'example.net';
/** AbstractMessageReceiver stamps the hash of its domain on what it waits for an answer to; an answer to the bare domain is none. */
const publisher = `${domain}/${createHash('sha256').update(domain).digest('hex')}`;
const field = (name: string, value: string): string => `<field var='${name}'><value>${value}</value></field>`;

/** RFC 6120 §8.3.3: Tigase reads a condition that is none of these as no error at all. */
const conditions =
  'bad-request conflict feature-not-implemented forbidden gone internal-server-error item-not-found jid-malformed not-acceptable not-allowed not-authorized ' +
  'policy-violation recipient-unavailable redirect registration-required remote-server-not-found remote-server-timeout resource-constraint service-unavailable ' +
  'subscription-required undefined-condition unexpected-request';
const harmless = ['remote-server-timeout', 'service-unavailable', 'internal-server-error', 'bad-request'];

/** tigase.xmpp.impl.push: a form without type, the sender's full JID; an error ends a registration by its condition, whatever its type. */
export const tigase: Manners = {
  name: 'Tigase',
  domain,
  publisher,
  publish: (note) =>
    compose(
      publisher,
      note,
      `<x xmlns='jabber:x:data'>${field('FORM_TYPE', 'urn:xmpp:push:summary')}${field('message-count', '2')}` +
        `${field('last-message-sender', `${note.sender}/balcony`)}${field('last-message-body', note.text)}</x>` +
        `<priority xmlns='tigase:push:priority:0'>high</priority>`,
    ),
  tells: ({ text, sender }) => ({ 'unread-messages': 2, sender: `${sender}/balcony`, body: text }),
  patience: 1,
  counts: ({ condition }) => conditions.split(' ').includes(condition) && !harmless.includes(condition),
};
