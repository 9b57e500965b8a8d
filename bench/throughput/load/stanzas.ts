import { randomBytes } from 'node:crypto';

/** Prosody's ids have 64 hexadecimal digits; these begin with the same ones, by which an answer is found in the text. */
export const idMark = randomBytes(26).toString('hex');
export const slotDigits = 4;
const numberDigits = 8;

export const host = 'example.org';

/** A stanza that lacks only its id. */
export type StanzaParts = readonly [beforeId: string, behindId: string];

/** The slot says which of the exchanges in flight this is; the number makes the id unique. */
export function buildStanza([beforeId, behindId]: StanzaParts, slot: number, number: number): string {
  return beforeId + idMark + String(slot).padStart(slotDigits, '0') + String(number).padStart(numberDigits, '0') + behindId;
}

const behindNode =
  `'><item><notification xmlns='urn:xmpp:push:0'>` +
  `<x type='form' xmlns='jabber:x:data'><field type='hidden' var='FORM_TYPE'><value>urn:xmpp:push:summary</value></field>` +
  `<field type='text-single' var='message-count'><value>1</value></field>` +
  `<field type='text-single' var='pending-subscription-count'/>` +
  `<field type='jid-single' var='last-message-sender'><value>romeo@${host}/orchard</value></field>` +
  `<field type='text-single' var='last-message-body'><value>hello &amp; &lt;world&gt;</value></field></x></notification></item>` +
  `</publish><publish-options><x type='submit' xmlns='jabber:x:data'><field var='FORM_TYPE'>` +
  `<value>http://jabber.org/protocol/pubsub#publish-options</value></field></x></publish-options></pubsub></iq>`;

/** What mod_cloud_notify of Prosody 0.12 publishes for a message with body, publish-options without a secret. Built at each use: a million would not fit. */
export function publishParts(domain: string, node: string): StanzaParts {
  return [
    `<iq from='${host}' type='set' to='${domain}' id='`,
    `'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}${behindNode}`,
  ];
}

/** Siskin IM's command, in one shot. */
export function registerParts(domain: string, user: string, provider: string): StanzaParts {
  const token = randomBytes(32).toString('hex');
  return [
    `<iq from='${user}@${host}/phone' type='set' to='${domain}' id='`,
    `'><command xmlns='http://jabber.org/protocol/commands' node='register-device'><x xmlns='jabber:x:data' type='submit'>` +
      `<field var='provider'><value>${provider}</value></field>` +
      `<field var='device-token'><value>${token}</value></field></x></command></iq>`,
  ];
}

export const header =
  `<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' ` +
  `id='${randomBytes(8).toString('hex')}' from='${host}'>`;
