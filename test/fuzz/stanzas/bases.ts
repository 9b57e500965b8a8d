import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const fixtures = join(import.meta.dirname, '../../fixtures');
const to = 'push.localhost';

function readFolder(folder: string): readonly string[] {
  const names = readdirSync(join(fixtures, folder)).filter((name) => name.endsWith('.xml'));
  return names.map((name) => readFileSync(join(fixtures, folder, name), 'utf8').trim());
}

/** Captures of real servers and the stanzas of Tigase, sent by our server to our devices. */
const publishes = [...readFolder('stanzas'), ...readFolder('apns')].map((xml) =>
  xml
    .replace(/push\.example\.org/g, to)
    .replace(/(?<=from=')example\.net/, 'localhost')
    .replace(/(?<= id=')[^']*/, '{id}'),
);

const toDevices = publishes.flatMap((xml) => ['{apns}', '{fcm}', '{log}'].map((node) => xml.replace(/(?<=<publish node=')[^']*/, node)));

const command = "xmlns='http://jabber.org/protocol/commands'";
const field = (name: string, value: string) => `<field var='${name}'><value>${value}</value></field>`;
const form = (...fields: readonly string[]) => `<x xmlns='jabber:x:data' type='submit'>${fields.join('')}</x>`;
const aDevice = [field('provider', 'log'), field('device-token', '0a1b2c3d4e5f'), field('device-second-token', 'ff00')];

const requests = [
  ...['http://jabber.org/protocol/disco#info', 'http://jabber.org/protocol/disco#items', 'jabber:iq:version'].map((xmlns) =>
    iq('get', `<query xmlns='${xmlns}'/>`),
  ),
  iq('get', `<query xmlns='http://jabber.org/protocol/disco#info' node='http://jabber.org/protocol/commands'/>`),
  iq('get', `<query xmlns='http://jabber.org/protocol/disco#items' node='http://jabber.org/protocol/commands'/>`),
  iq('get', `<query xmlns='http://jabber.org/protocol/disco#info' node='{log}'/>`),
  iq('get', "<ping xmlns='urn:xmpp:ping'/>"),
  iq('get', "<vCard xmlns='vcard-temp'/>"),
  iq('get', "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='{log}'/></pubsub>"),
  iq('set', `<command ${command} node='register-device' action='execute'/>`),
  iq('set', `<command ${command} node='register-device'>${form(...aDevice)}</command>`),
  iq('set', `<command ${command} node='unregister-device' action='complete'>${form(...aDevice)}</command>`),
  // Other app servers: Conversations and Monal (p2), Snikket, mod_push_appserver, Fluux.
  iq(
    'set',
    `<command ${command} node='register-push-fcm' action='execute'>${form(field('token', 'abc'), field('device-id', 'd1'))}</command>`,
  ),
  iq(
    'set',
    `<command ${command} node='register-push-apns' action='execute'>${form(field('token', 'abc'), field('device-id', 'd1'))}</command>`,
  ),
  iq('set', `<command ${command} node='v1-register-push' action='execute'>${form(field('type', 'apns'), field('node', 'n'))}</command>`),
  iq('set', `<command ${command} node='unregister-push-fcm' action='execute'>${form(field('device-id', 'd1'))}</command>`),
  iq('set', "<enable xmlns='urn:xmpp:push:0' jid='push.localhost' node='{log}'/>"),
  iq('result', ''),
  iq('error', "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"),
];

const others = [
  `<message from='romeo@localhost/orchard' to='${to}' type='chat' id='{id}'><body>hello</body></message>`,
  `<message from='localhost' to='${to}' type='error' id='{id}'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`,
  `<presence from='romeo@localhost/orchard' to='${to}'/>`,
  `<presence from='romeo@localhost' to='${to}' type='subscribe'/>`,
];

function iq(type: string, content: string): string {
  return `<iq type='${type}' id='{id}' from='romeo@localhost/orchard' to='${to}'>${content}</iq>`;
}

/** Stanzas as they come when all is well, from which the others are grown. Publishes first. */
export const publishBases: readonly string[] = toDevices;
export const otherBases: readonly string[] = [...requests, ...others];
