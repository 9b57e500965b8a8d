import { compose, type Manners } from './manners.ts';

const domain = 'example.net';
const field = (name: string, value: string): string => `<field var='${name}'><value>${value}</value></field>`;

/** mod_event_pusher_push: real text and bare sender, always; of our errors only `cancel` ends a registration, at once. */
export const mongooseim: Manners = {
  name: 'MongooseIM',
  domain,
  publisher: domain,
  publish: (note) =>
    compose(
      domain,
      note,
      `<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:push:summary</value></field>` +
        `${field('message-count', '3')}${field('last-message-sender', note.sender)}${field('last-message-body', note.text)}</x>`,
    ),
  tells: ({ text, sender }) => ({ 'unread-messages': 3, sender, body: text }),
  patience: 1,
  counts: ({ type }) => type === 'cancel',
};
