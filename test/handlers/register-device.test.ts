import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { anna, apns, fcm, nodeOf, push, registerRequest, startTestApp } from '../helpers/app.ts';
import type { TestApp } from '../helpers/app.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp({ limits: { devicesPerOwner: 8 } });
});
after(() => app.close());

const commands = 'http://jabber.org/protocol/commands';
let count = 0;

function command(node: string, attributes: string, content: string, from = `${anna}/phone`): string {
  count += 1;
  return `<iq type='set' id='c${count}' from='${from}' to='${push}'><command xmlns='${commands}' node='${node}' ${attributes}>${content}</command></iq>`;
}

function form(fields: Readonly<Record<string, string>>, type = 'text-single'): string {
  const all = Object.entries(fields).map(([name, value]) => `<field var='${name}' type='${type}'><value>${value}</value></field>`);
  return `<x xmlns='jabber:x:data' type='submit'>${all.join('')}</x>`;
}

const unregister = (fields: Readonly<Record<string, string>>, from?: string) =>
  app.ask(command('unregister-device', '', form(fields), from));

describe('register-device', () => {
  test('in one shot without action, as Siskin sends it, answers node, features and max-payload-size', async () => {
    const answer = await app.ask(
      `<iq type='set' id='siskin' from='anna@example.net/Siskin' to='push.test'><command xmlns='${commands}' node='register-device'>` +
        `<x xmlns='jabber:x:data' type='submit'><field var='provider' type='text-single'><value>${apns}</value></field>` +
        `<field var='device-token' type='text-single'><value>0A1BFF</value></field>` +
        `<field var='device-second-token' type='text-single'><value>9c8d01</value></field></x></command></iq>`,
    );
    const node = nodeOf(answer);
    assert.match(node, /^[A-Za-z0-9_-]{32}$/);
    assert.equal(
      answer,
      `<iq type="result" id="siskin" from="push.test" to="anna@example.net/Siskin"><command xmlns="${commands}" node="register-device" status="completed">` +
        `<x xmlns="jabber:x:data" type="result"><field var="node" type="text-single"><value>${node}</value></field>` +
        `<field var="features" type="text-multi"><value>tigase:push:encrypt:0</value></field>` +
        `<field var="max-payload-size" type="text-single"><value>3072</value></field></x></command></iq>`,
    );
  });

  for (const [shape, attributes] of Object.entries({ execute: `action='execute'`, 'complete without session': `action='complete'` })) {
    test(`with ${shape} and list-single fields, as other clients send it`, async () => {
      const answer = await app.ask(
        command('register-device', attributes, form({ provider: fcm, 'device-token': `t:${shape.length}` }, 'list-single')),
      );
      assert.match(answer, /status="completed"/);
      assert.ok(nodeOf(answer));
    });
  }

  test('in two stages: the form, then the node', async () => {
    const question = await app.ask(command('register-device', `action='execute'`, ''));
    const session = /sessionid="([^"]+)"/.exec(question)![1]!;
    assert.equal(
      question,
      `<iq type="result" id="c${count}" from="push.test" to="anna@example.net/phone"><command xmlns="${commands}" node="register-device" sessionid="${session}" status="executing">` +
        `<actions execute="complete"><complete/></actions><x xmlns="jabber:x:data" type="form"><title>Register device</title>` +
        `<instructions>Registers a device for push notifications and returns the node to enable push with.</instructions>` +
        `<field var="provider" type="list-single" label="Provider"><desc>The push service of the app</desc><required/>` +
        `<option label="${apns}"><value>${apns}</value></option><option label="${fcm}"><value>${fcm}</value></option></field>` +
        `<field var="device-token" type="text-single" label="Device token"><desc>As the push service gave it to the app</desc><required/></field>` +
        `<field var="device-second-token" type="text-single" label="Second device token"><desc>For calls (PushKit), where the app has one</desc></field></x></command></iq>`,
    );
    const answer = await app.ask(
      command('register-device', `sessionid='${session}' action='complete'`, form({ provider: apns, 'device-token': 'two-stages' })),
    );
    assert.match(answer, new RegExp(`sessionid="${session.replace('.', '\\.')}" status="completed"`));
    assert.ok(nodeOf(answer));
  });

  test('again with the same token, in other case, returns the same node', async () => {
    const first = await app.register('ABCDEF01');
    assert.equal(await app.register('abcdef01'), first);
    assert.notEqual(await app.register('ABCDEF01', 'bob@example.net'), first);
    assert.notEqual(await app.register('ABCDEF01', anna, fcm), first);
  });

  test('beyond devices-per-owner the one unused longest gives way', async () => {
    const owner = 'carol@example.net';
    for (const token of ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']) await app.register(token, owner);
    assert.match(await unregister({ provider: apns, 'device-token': 'one' }, `${owner}/x`), /item-not-found/);
    assert.match(await unregister({ provider: apns, 'device-token': 'two' }, `${owner}/x`), /status="completed"/);
  });

  const refusals: Readonly<Record<string, readonly [request: () => string, answer: RegExp]>> = {
    'a provider that is not configured': [
      () => command('register-device', '', form({ provider: 'nobody', 'device-token': 't' })),
      /<error type="modify"><bad-request xmlns="[^"]+"\/><bad-payload xmlns="[^"]+"\/><text [^>]+>unknown provider; known here: tigase:messenger:apns:1, fcm-xmpp-api</,
    ],
    'no token': [
      () => command('register-device', '', form({ provider: apns })),
      /<bad-payload xmlns="[^"]+"\/><text [^>]+>missing: device-token</,
    ],
    'a token with spaces': [
      () => command('register-device', '', form({ provider: apns, 'device-token': 'a b' })),
      /device-token is not a device token/,
    ],
    'a token of 5000 characters': [
      () => command('register-device', '', form({ provider: apns, 'device-token': 'a'.repeat(5000) })),
      /device-token is not a device token/,
    ],
    'a domain, which has no devices': [
      () => registerRequest('example.net', apns, 't').replace('/Siskin', ''),
      /<error type="auth"><forbidden/,
    ],
  };
  for (const [name, [request, answer]] of Object.entries(refusals)) {
    test(`refuses ${name}`, async () => assert.match(await app.ask(request()), answer));
  }
});

describe('unregister-device', () => {
  test('ends the registration: completed, and the node is unknown from then on', async () => {
    const node = await app.register('bye', 'dave@example.net');
    const answer = await unregister({ provider: apns, 'device-token': 'bye' }, 'dave@example.net/x');
    assert.equal(
      answer,
      `<iq type="result" id="c${count}" from="push.test" to="dave@example.net/x"><command xmlns="${commands}" node="unregister-device" status="completed">` +
        `<x xmlns="jabber:x:data" type="result"/></command></iq>`,
    );
    const publish = `<iq type='set' id='p1' from='example.net' to='push.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item/></publish></pubsub></iq>`;
    assert.match(await app.ask(publish), /item-not-found/);
  });

  test('of an unknown device is item-not-found, which clients take for success', async () => {
    assert.match(await unregister({ provider: apns, 'device-token': 'never-seen' }), /<error type="cancel"><item-not-found/);
  });

  test("of somebody else's device is item-not-found and leaves it alone", async () => {
    const node = await app.register('mine', 'erin@example.net');
    assert.match(await unregister({ provider: apns, 'device-token': 'mine' }, 'mallory@example.net/x'), /item-not-found/);
    assert.equal(await app.register('mine', 'erin@example.net'), node);
  });
});

describe('who may register', () => {
  test('accounts of the configured domains only; others neither see the command nor may run it', async () => {
    const closed = await startTestApp({ component: { registrants: ['example.net'] } });
    assert.ok(await closed.register('t1'));
    assert.match(await closed.ask(registerRequest('eve@elsewhere.example', apns, 't2')), /<error type="auth"><forbidden/);
    const items = (from: string) =>
      closed.ask(
        `<iq type='get' id='i${from}' from='${from}' to='push.test'><query xmlns='http://jabber.org/protocol/disco#items' node='${commands}'/></iq>`,
      );
    assert.match(await items(`${anna}/x`), /node="register-device"/);
    assert.doesNotMatch(await items('eve@elsewhere.example/x'), /register-device/);
    await closed.close();
  });

  test('more registrations than allowed a minute are refused for now, for this owner only', async () => {
    const strict = await startTestApp({ limits: { registrationsPerMinute: 2 } });
    await strict.register('t1');
    await strict.register('t2');
    assert.match(await strict.ask(registerRequest(anna, apns, 't3')), /<error type="wait"><resource-constraint/);
    assert.ok(await strict.register('t4', 'bob@example.net'));
    await strict.close();
  });
});
