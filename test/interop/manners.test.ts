import assert from 'node:assert/strict';
import { after, before, describe, mock, test } from 'node:test';
import { createLog } from '../../src/log/log.ts';
import { Component } from '../../src/xmpp/link/component.ts';
import { Router } from '../../src/xmpp/routing/router.ts';
import { push, startTestApp, type TestApp } from '../helpers/app.ts';
import { startXmppServer } from '../helpers/xmpp-server.ts';
import { mongooseim } from '../servers/scripted/mongooseim.ts';
import { openfire, rewriteAsOpenfire } from '../servers/scripted/openfire.ts';
import { ScriptedServer } from '../servers/scripted/scripted-server.ts';
import { tigase } from '../servers/scripted/tigase.ts';

const minuteMs = 60_000;
/** Openfire cuts a component off that was silent for longer. */
const idleMinutes = 6;
const underDomain = 'push.example.net';

describe('Openfire and a component that has just attached', () => {
  let app: TestApp;
  before(async () => (app = await startTestApp({ component: { jid: underDomain } })));
  after(() => app.close());

  test('it asks who that is and which version, and gets both before it lists the component; its presence probe is not answered', async () => {
    for (const question of openfire.greet?.(underDomain) ?? []) app.peer.write(question);
    const info = (await app.peer.answerTo('openfire-disco')).toString();
    assert.match(info, /<iq type="result" id="openfire-disco" from="push\.example\.net" to="example\.net">/);
    assert.match(info, /<identity category="pubsub" type="push"/);
    assert.match((await app.peer.answerTo('openfire-version')).toString(), /<name>Reveille<\/name><version>0\.0\.0-test<\/version>/);
    await app.ask(`<iq type='get' id='behind' from='example.net' to='${underDomain}'><ping xmlns='urn:xmpp:ping'/></iq>`);
    assert.deepEqual(
      app.peer.stanzas.filter(({ name }) => name !== 'iq').map((stanza) => stanza.toString()),
      [],
    );
  });

  test('a name below its own domain stays as it is, and publishes are answered from it', async () => {
    const server = new ScriptedServer(openfire, app.peer, rewriteAsOpenfire(underDomain));
    assert.deepEqual(await server.write(server.enable('no-such-node')), { type: 'cancel', condition: 'item-not-found' });
  });

  test('for any other name it addresses one that is not ours: no answer leaves, the connection stays', async () => {
    const stranger = rewriteAsOpenfire('push.elsewhere.example');
    assert.equal(stranger, 'push.elsewhere.example.example.net');
    app.peer.write(openfire.publish({ node: 'no-such-node', id: 'rewritten', component: stranger, text: '', sender: 'bob@example.net' }));
    await app.ask(`<iq type='get' id='still-here' from='example.net' to='${underDomain}'><ping xmlns='urn:xmpp:ping'/></iq>`);
    assert.ok(!app.peer.text.includes('rewritten'), app.peer.text);
    assert.ok(
      app.log.some((line) => line.includes('foreign sender')),
      app.log.join(''),
    );
  });
});

test('in each of six idle minutes Openfire sees bytes of ours, so that it cuts nobody off', async () => {
  const server = await startXmppServer();
  // The clock of the link alone: its intervals pass when the test says so.
  mock.timers.enable({ apis: ['setInterval'] });
  const log = createLog('silent');
  const router = new Router({ routes: [], answerWithinMs: 20_000, inFlight: 10, log });
  const address = { host: '127.0.0.1', port: server.port, tls: false };
  const component = new Component({ domain: push, address, ca: undefined, secret: server.secret, connections: 1, log }, router);
  try {
    component.start();
    const peer = await server.online();
    await peer.ask(`<iq type='get' id='attached' from='example.net' to='${push}'><ping xmlns='urn:xmpp:ping'/></iq>`);
    for (let minute = 1; minute <= idleMinutes; minute += 1) {
      const { length } = peer.text;
      mock.timers.tick(minuteMs);
      await peer.until(() => peer.text.length > length, `a byte in minute ${minute}`);
    }
  } finally {
    mock.timers.reset();
    await component.close();
    await server.close();
  }
});

describe('addresses', () => {
  let app: TestApp;
  before(async () => (app = await startTestApp()));
  after(() => app.close());

  test('Tigase publishes from its domain with a resource, and is answered there: an answer to the bare domain is none to it', async () => {
    const node = await app.register('accept-tigase');
    const server = new ScriptedServer(tigase, app.peer, push);
    assert.match(tigase.publisher, /^example\.net\/[0-9a-f]{64}$/);
    assert.equal(await server.write(server.enable(node)), 'result');
    assert.ok(app.peer.text.includes(`to="${tigase.publisher}"`));
  });

  test('MongooseIM publishes from its domain', async () => {
    const node = await app.register('accept-mongooseim');
    const server = new ScriptedServer(mongooseim, app.peer, push);
    assert.equal(await server.write(server.enable(node)), 'result');
  });
});
