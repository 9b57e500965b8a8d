import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parseNotification } from '../../src/handlers/publish/notification.ts';
import type { Notification } from '../../src/push/provider/notification.ts';
import { StreamParser } from '../../src/xmpp/stream/parser.ts';
import type { Element } from '../../src/xmpp/stanza/xml.ts';

function parse(xml: string): Element {
  const stanzas: Element[] = [];
  const parser = new StreamParser();
  parser.on('element', (stanza) => stanzas.push(stanza));
  parser.write(`<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'>${xml}`);
  return stanzas[0]!;
}

/** What was read, without what was absent. */
function read(notification: Element | undefined): Partial<Notification> {
  return Object.fromEntries(Object.entries(parseNotification(notification)).filter(([, value]) => value !== undefined));
}

function fixture(file: string): Element | undefined {
  const stanza = parse(readFileSync(new URL(`../fixtures/stanzas/${file}.xml`, import.meta.url), 'utf8').trim());
  return stanza.getChild('pubsub')?.getChild('publish')?.getChild('item')?.getChild('notification');
}

const captures: Readonly<Record<string, Partial<Notification>>> = {
  'ejabberd-23.01-offline-secret-0': {},
  'ejabberd-23.01-offline-statictext-plain': { body: 'New message' },
  'ejabberd-23.01-offline-withbody-chatstate': {},
  'ejabberd-23.01-offline-withbody-plain': { sender: 'bob@localhost/desk', body: 'hello & <world>' },
  'prosody-0.12-offline-fulloptions-plain': { messageCount: 1, body: 'New Message!' },
  'prosody-0.12-offline-secret-call': { messageCount: 1, body: 'New Message!' },
  'prosody-0.12-offline-secret-chatstate': { messageCount: 1 },
  'prosody-0.12-offline-withbody-plain': { messageCount: 1, sender: 'bob@localhost/desk', body: 'hello & <world>' },
};

describe('a notification as captured from', () => {
  for (const [file, expected] of Object.entries(captures)) test(file, () => assert.deepEqual(read(fixture(file)), expected));
});

function tigase(content: string): Partial<Notification> {
  return read(parse(`<notification xmlns='urn:xmpp:push:0'>${content}</notification>`));
}

describe('a notification of a Tigase server', () => {
  test('with a form without type, a count and a groupchat nickname', () => {
    const form = `<x xmlns='jabber:x:data'><field var='FORM_TYPE'><value>urn:xmpp:push:summary</value></field><field var='message-count'><value>2</value></field></x>`;
    const groupchat = `<groupchat xmlns='http://tigase.org/protocol/muc#offline'><nickname>Romeo</nickname></groupchat>`;
    assert.deepEqual(tigase(form + groupchat), { messageCount: 2, nickname: 'Romeo' });
  });

  test('encrypted, a call, with its priority and media', () => {
    const call =
      `<encrypted xmlns='tigase:push:encrypt:0' type='voip' iv='aXY='>cGF5</encrypted><priority xmlns='tigase:push:priority:0'>high</priority>` +
      `<jingle xmlns='tigase:push:jingle:0' action='propose' sid='ca3'><media>audio</media><media>video</media></jingle>`;
    assert.deepEqual(tigase(call), {
      encrypted: { payload: 'cGF5', iv: 'aXY=', type: 'voip' },
      priority: 'high',
      jingle: { sid: 'ca3', action: 'propose', media: ['audio', 'video'] },
    });
  });

  test('an invitation to a meeting, and the removal of an account', () => {
    assert.deepEqual(tigase(`<meet xmlns='tigase:push:meet:0' id='m' jid='meet@x'><media>audio</media></meet>`), {
      meet: { id: 'm', jid: 'meet@x', media: ['audio'] },
    });
    assert.deepEqual(tigase(`<event xmlns='http://tigase.org/protocol/account#event' name='account-removed'/>`), {
      event: 'account-removed',
    });
  });

  test('what is not known, empty or no number is passed over', () => {
    const odd = `<x xmlns='jabber:x:data'><field var='message-count'><value>many</value></field><field var='last-message-body'><value/></field></x>`;
    assert.deepEqual(tigase(`${odd}<novelty xmlns='urn:new'/><priority xmlns='tigase:push:priority:0'>extreme</priority>`), {});
    assert.deepEqual(read(undefined), {});
  });
});
