import { readFileSync } from 'node:fs';
import { push } from '../helpers/app.ts';

/** A publish as one server sends it, to this node; `secret` fills its publish-options where the server echoes them. */
export type BuildPublish = (node: string, id: string, secret?: string) => string;

export const domain = 'example.net';

/** Captures of real servers, readdressed. */
export function captured(file: string): BuildPublish {
  const xml = readFileSync(new URL(`../fixtures/stanzas/${file}`, import.meta.url), 'utf8').trim();
  return (node, id, secret) => {
    const readdressed = xml
      .replace(/ from='[^']*'/, ` from='${domain}'`)
      .replace(/ to='[^']*'/, ` to='${push}'`)
      .replace(/ id='[^']*'/, ` id='${id}'`)
      .replace(/node='[^']*'/, `node='${node}'`);
    return secret === undefined
      ? readdressed.replace(/<publish-options>.*<\/publish-options>/s, '')
      : readdressed.replace('eruio234vzxc2kla-91', secret);
  };
}

function composed(from: string, notification: string): BuildPublish {
  return (node, id, secret) =>
    `<iq type='set' from='${from}' to='${push}' id='${id}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item>` +
    `<notification xmlns='urn:xmpp:push:0'>${notification}</notification></item></publish>${showSecret(secret)}</pubsub></iq>`;
}

/** What of a publish shows the secret of a node (XEP-0357 §7); nothing where it has none. */
export function showSecret(secret: string | undefined): string {
  if (secret === undefined) return '';
  return (
    `<publish-options><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/pubsub#publish-options</value></field>` +
    `<field var='secret'><value>${secret}</value></field></x></publish-options>`
  );
}

function summary(type: string, fields: string): string {
  return `<x xmlns='jabber:x:data'${type}><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:push:summary</value></field>${fields}</x>`;
}

const body = `<field var='last-message-body'><value>New Message</value></field>`;
/** Tigase stamps its domain with a resource, and matches the answer by it (servers.md of the facts, §2.4). */
const tigaseFrom = `${domain}/${'5f0c'.repeat(16)}`;

/** Every server, in every shape it is known to publish. */
export const publishes: Readonly<Record<string, BuildPublish>> = {
  'Prosody 0.12, with options': captured('prosody-0.12-offline-fulloptions-plain.xml'),
  'Prosody 0.12, with body': captured('prosody-0.12-offline-withbody-plain.xml'),
  'Prosody 0.12, a chat state': captured('prosody-0.12-offline-secret-chatstate.xml'),
  'ejabberd 23.01, empty notification': captured('ejabberd-23.01-offline-secret-0.xml'),
  'ejabberd 23.01, with body': captured('ejabberd-23.01-offline-withbody-plain.xml'),
  MongooseIM: composed(domain, summary(` type='submit'`, `<field var='message-count'><value>3</value></field>${body}`)),
  'Tigase 8.4': composed(tigaseFrom, `${summary('', body)}<priority xmlns='tigase:push:priority:0'>high</priority>`),
  'Tigase 8.4, encrypted': composed(tigaseFrom, `<encrypted xmlns='tigase:push:encrypt:0' iv='aXY='>cGF5bG9hZA==</encrypted>`),
  Openfire: composed(domain, summary(` type='form'`, `<field var='last-message-sender' type='text-single'/>${body}`)),
};
