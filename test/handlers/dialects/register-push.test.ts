import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { anna, apns, fcm, nodeOf, push, startTestApp, type TestApp } from '../../helpers/app.ts';
import { publishes } from '../publishes.ts';
import { command, commands, contentOf, form, rowsOf, sessionOf } from '../run-command.ts';
import { secretOf } from './secret-of.ts';

const both = { fcm, apns };
const phone = `${anna}/phone`;
let app: TestApp;
before(async () => {
  app = await startTestApp({ dialects: { p2: both, openfire: both, fluux: { apns } }, limits: { devicesPerOwner: 100 } });
});
after(() => app.close());

type Values = Readonly<Record<string, string>>;
const ask = (node: string, values: Values, from = phone, attributes = `action='execute'`) =>
  app.ask(command(node, form(values), attributes, from));
/** The attributes of the answered `<command/>`. */
const headOf = (answer: string) => /<command ([^>]*)>/.exec(answer)?.[1]?.replace(`xmlns="${commands}" `, '');
const publish = publishes['MongooseIM']!;
let publications = 0;
const publishTo = (node: string, secret?: string) => app.ask(publish(node, `p${(publications += 1)}`, secret));

describe('the answer to a registration', () => {
  test('of Conversations up to 2.19.13 (execute) has form, JID, node and secret, and the status', async () => {
    const answer = await app.ask(
      `<iq type='set' to='${push}' id='r1' from='${anna}/Conversations.x'><command xmlns='${commands}' node='register-push-fcm' action='execute'>` +
        `<x xmlns='jabber:x:data' type='submit'><field var='token'><value>accept-old-conversations</value></field>` +
        `<field var='android-id'><value>92afd7a91cdba9a0</value></field></x></command></iq>`,
    );
    const [node, secret] = [nodeOf(answer), secretOf(answer)];
    assert.match(node, /^[A-Za-z0-9_-]{32}$/);
    assert.match(secret, /^[A-Za-z0-9+/]{24}$/);
    assert.equal(
      answer,
      `<iq type="result" id="r1" from="${push}" to="${anna}/Conversations.x"><command xmlns="${commands}" node="register-push-fcm" status="completed">` +
        `<x xmlns="jabber:x:data" type="form"><field var="jid" type="jid-single"><value>${push}</value></field>` +
        `<field var="node" type="text-single"><value>${node}</value></field>` +
        `<field var="secret" type="text-single"><value>${secret}</value></field></x></command></iq>`,
    );
  });

  test('of Conversations from 2.19.14 on (complete, no sessionid) is the same', async () => {
    const values = { token: 'accept-new-conversations', 'android-id': 'e7c1' };
    const answer = await ask('register-push-fcm', values, phone, `action='complete'`);
    assert.equal(headOf(answer), 'node="register-push-fcm" status="completed"');
    assert.match(answer, /<x xmlns="jabber:x:data" type="form"><field var="jid" type="jid-single">/);
  });

  test('without action is the same', async () => {
    const answer = await ask('register-push-fcm', { token: 'accept-x', 'device-id': 'no action' }, phone, '');
    assert.equal(headOf(answer), 'node="register-push-fcm" status="completed"');
  });

  test('of Fluux has the status and no action', async () => {
    const answer = await ask('register-push-apns', { 'device-id': 'B1C2', token: 'accept-fluux' });
    assert.equal(headOf(answer), 'node="register-push-apns" status="completed"');
  });

  test("of a client of Openfire's plugin has its action beside the status", async () => {
    const alone = await startTestApp({ dialects: { openfire: both } });
    try {
      for (const service of ['fcm', 'apns']) {
        const answer = await alone.ask(command(`register-push-${service}`, form({ token: 'accept-o', 'device-id': 'D' }), '', phone));
        assert.equal(headOf(answer), `node="register-push-${service}" status="completed" action="complete"`);
        const end = await alone.ask(command(`unregister-push-${service}`, form({ 'device-id': 'D' }), '', phone));
        assert.match(end, /status="completed" action="complete"\/>/);
      }
    } finally {
      await alone.close();
    }
  });

  test('in two stages, for people, ends the same', async () => {
    const question = await app.ask(command('register-push-fcm', '', `action='execute'`, phone));
    assert.match(question, /<field var="token" [^>]*><desc>[^<]+<\/desc><required\/><\/field><field var="device-id".*<field var="muc"/);
    const session = sessionOf(question);
    const values = { token: 'accept-stages', 'device-id': 'two stages' };
    const answer = await ask('register-push-fcm', values, phone, `sessionid='${session}' action='complete'`);
    assert.equal(headOf(answer), `node="register-push-fcm" sessionid="${session}" status="completed"`);
  });
});

describe('the same device again', () => {
  const register = async (values: Values, from = phone) => {
    const answer = await ask('register-push-fcm', values, from);
    return [nodeOf(answer), secretOf(answer)];
  };

  test('keeps node and secret, with the same token and with a new one', async () => {
    const first = await register({ token: 'reject-first', 'android-id': 'again' });
    assert.deepEqual(await register({ token: 'reject-first', 'android-id': 'again' }), first);
    assert.match(await publishTo(first[0]!, first[1]), /internal-server-error/);
    assert.deepEqual(await register({ token: 'accept-second', 'android-id': 'again' }), first);
    assert.match(await publishTo(first[0]!, first[1]), /type="result"/);
  });

  test('is another one for another account, another device id and another group chat', async () => {
    const values = { token: 'accept-one', 'android-id': 'one' };
    const nodes = [
      await register(values),
      await register(values, 'bob@example.net/phone'),
      await register({ ...values, 'android-id': 'two' }),
      await register({ ...values, muc: 'room@muc.example.net' }),
      await register({ ...values, muc: 'other@muc.example.net' }),
    ];
    assert.equal(new Set(nodes.map(([node]) => node)).size, nodes.length);
    assert.equal(new Set(nodes.map(([, secret]) => secret)).size, nodes.length);
    assert.deepEqual(await register({ ...values, muc: 'Room@MUC.example.net' }), nodes[3]);
  });

  test('is the same whether it is called device-id or android-id', async () => {
    const first = await register({ token: 'accept-name', 'android-id': 'name' });
    assert.deepEqual(await register({ token: 'accept-name', 'device-id': 'name' }), first);
  });
});

describe('a registration is refused', () => {
  const badPayload = (text: string) =>
    new RegExp(`<error type="modify"><bad-request xmlns="[^"]+"/><bad-payload xmlns="${commands}"/><text [^>]+>${text}</text></error>`);
  const good = { token: 'accept-refusals', 'android-id': 'refusals' };
  const rows: Readonly<Record<string, readonly [node: string, values: Values, answer: RegExp]>> = {
    'without a token': ['register-push-fcm', { 'android-id': 'x' }, badPayload('missing: token')],
    'with an empty token': ['register-push-fcm', { token: '', 'android-id': 'x' }, badPayload('missing: token')],
    'without a device id': ['register-push-fcm', { token: 'accept-x' }, badPayload('missing: device-id')],
    'without a device id, on iOS': ['register-push-apns', { token: 'accept-x' }, badPayload('missing: device-id')],
    'with a device id of 256 characters': [
      'register-push-fcm',
      { ...good, 'android-id': 'x'.repeat(256) },
      badPayload('device-id is not a device id'),
    ],
    'with a full JID for a group chat': [
      'register-push-fcm',
      { ...good, muc: 'room@muc.example.net/nick' },
      badPayload('muc is not the address of a group chat'),
    ],
    'with a domain for a group chat': [
      'register-push-fcm',
      { ...good, muc: 'muc.example.net' },
      badPayload('muc is not the address of a group chat'),
    ],
    'with a token of two words': ['register-push-fcm', { ...good, token: 'a b' }, badPayload('token is not a device token')],
    'for a push service that nobody has': [
      'register-push-hms',
      good,
      /<error type="cancel"><item-not-found xmlns="[^"]+"\/><text [^>]+>no such command</,
    ],
  };
  for (const [name, [node, values, answer]] of Object.entries(rows)) test(name, async () => assert.match(await ask(node, values), answer));

  test('of a domain, which has no devices', async () =>
    assert.match(await ask('register-push-fcm', good, 'example.net'), /<error type="auth"><forbidden/));

  test('as an unknown command where its app server is not configured', async () => {
    const openfire = await startTestApp({ dialects: { openfire: { fcm } } });
    try {
      const none = /<error type="cancel"><item-not-found xmlns="[^"]+"\/><text [^>]+>no such command</;
      const request = (node: string, values: Values) => openfire.ask(command(node, form(values), '', phone));
      assert.match(await request('register-push-fcm', good), none);
      assert.match(await request('register-push-apns', { token: 'accept-x', 'device-id': 'x' }), none);
      assert.match(await request('unregister-push-apns', { 'device-id': 'x' }), none);
      assert.match(await request('register-push-fcm', { token: 'accept-x', 'device-id': 'x' }), /status="completed"/);
    } finally {
      await openfire.close();
    }
  });

  test('beyond the rate that register-device has as well', async () => {
    const slow = await startTestApp({ dialects: { p2: { fcm } }, limits: { registrationsPerMinute: 2 } });
    try {
      const request = () => slow.ask(command('register-push-fcm', form(good), '', phone));
      await slow.register('accept-1');
      assert.match(await request(), /status="completed"/);
      assert.match(await request(), /<error type="wait"><resource-constraint/);
    } finally {
      await slow.close();
    }
  });

  test('of accounts that may not register', async () => {
    const few = await startTestApp({ dialects: { p2: { fcm } }, component: { registrants: ['few.example'] } });
    try {
      assert.match(await few.ask(command('register-push-fcm', form(good), '', phone)), /<error type="auth"><forbidden/);
      assert.match(await few.ask(command('unregister-push-fcm', form(good), '', phone)), /<error type="auth"><forbidden/);
      assert.match(await few.ask(command('register-push-fcm', form(good), '', 'a@few.example/x')), /status="completed"/);
    } finally {
      await few.close();
    }
  });
});

describe('an end of registration', () => {
  const register = async (values: Values) => nodeOf(await ask('register-push-fcm', { token: 'accept-end', ...values }));
  const unknown = /<error type="cancel"><item-not-found xmlns="[^"]+"\/><text [^>]+>this device is not registered</;

  test('is completed without a form, and the device is unknown from then on', async () => {
    const answer = await ask('register-push-fcm', { token: 'accept-end', 'android-id': 'end' });
    const end = await ask('unregister-push-fcm', { 'android-id': 'end' });
    assert.equal(headOf(end), 'node="unregister-push-fcm" status="completed" action="complete"/');
    assert.match(await publishTo(nodeOf(answer), secretOf(answer)), /<error type="cancel"><item-not-found/);
    assert.match(await ask('unregister-push-fcm', { 'android-id': 'end' }), unknown);
  });

  test('of a group chat, by its address or by the hash that came with the push, spares the others', async () => {
    const muc = 'room@muc.example.net';
    const channel = createHash('sha1').update(`${muc}\0leave`).digest('hex');
    const account = await register({ 'android-id': 'leave' });
    for (const values of [{ muc }, { channel }, { channel: muc }]) {
      const node = await register({ 'android-id': 'leave', muc });
      assert.match(await ask('unregister-push-fcm', { 'android-id': 'leave', ...(values as Values) }), /status="completed"/);
      assert.doesNotMatch(await register({ 'android-id': 'leave', muc }), new RegExp(node));
      await ask('unregister-push-fcm', { 'android-id': 'leave', muc });
    }
    assert.equal(await register({ 'android-id': 'leave' }), account);
    assert.match(await ask('unregister-push-fcm', { 'android-id': 'leave', channel }), unknown);
  });

  test('of somebody else with the same device id does nothing', async () => {
    const node = await register({ 'android-id': 'mine' });
    assert.match(await ask('unregister-push-fcm', { 'android-id': 'mine' }, 'eve@example.net/x'), unknown);
    assert.equal(await register({ 'android-id': 'mine' }), node);
  });

  test('finds the device although another app server is configured by now', async () => {
    await ask('register-push-apns', { 'device-id': 'moved', token: 'accept-moved' });
    assert.match(await ask('unregister-push-apns', { 'device-id': 'moved' }), /status="completed"/);
  });

  test('without a device id is refused', async () =>
    assert.match(
      await ask('unregister-push-fcm', { muc: 'room@muc.example.net' }),
      /bad-payload xmlns="[^"]+"\/><text [^>]+>missing: device-id</,
    ));
});

describe('service discovery', () => {
  const list = `<query xmlns='http://jabber.org/protocol/disco#items' node='${commands}'/>`;
  let count = 0;
  const listed = async (dialects: Parameters<typeof startTestApp>[0]) => {
    const one = await startTestApp(dialects);
    try {
      const answer = await one.ask(`<iq type='get' id='d${(count += 1)}' from='${phone}' to='${push}'>${list}</iq>`);
      return [...answer.matchAll(/ node="((?:un)?register-push[^"]*)"/g)].map(([, node]) => node);
    } finally {
      await one.close();
    }
  };

  test('lists what is configured and no more', async () => {
    assert.deepEqual(await listed({}), []);
    assert.deepEqual(await listed({ dialects: { fluux: { apns } } }), ['register-push-apns', 'unregister-push-apns']);
    assert.deepEqual(await listed({ dialects: { p2: { fcm } } }), ['register-push-fcm', 'unregister-push-fcm']);
    assert.deepEqual(await listed({ dialects: { openfire: both } }), [
      'register-push-fcm',
      'unregister-push-fcm',
      'register-push-apns',
      'unregister-push-apns',
    ]);
  });
});

test('a publish without the secret, with a wrong one and to an unknown node are answered the same', async () => {
  const answer = await ask('register-push-fcm', { token: 'accept-secret', 'android-id': 'secret' });
  const node = nodeOf(answer);
  const anonymous = (text: string) => text.replace(/ id="[^"]*"/, '');
  const unknown = anonymous(await publishTo('no-such-node'));
  assert.match(unknown, /<error type="cancel"><item-not-found xmlns="[^"]+"\/><text [^>]+>no such node<\/text><\/error>/);
  assert.equal(anonymous(await publishTo('no-such-node', secretOf(answer))), unknown);
  assert.equal(anonymous(await publishTo(node)), unknown);
  assert.equal(anonymous(await publishTo(node, 'wrong')), unknown);
  assert.equal(anonymous(await publishTo(node, `${secretOf(answer)}=`)), unknown);
  assert.match(await publishTo(node, secretOf(answer)), /type="result"/);
  // A group chat's server publishes what belongs to its members' devices.
  const from = publish(node, 'muc', secretOf(answer)).replace(` from='example.net'`, ` from='muc.elsewhere.example'`);
  assert.match(await app.ask(from), /type="result"/);
});

test('administrators see each device with its dialect', async () => {
  await ask('register-push-fcm', { token: 'accept-lea', 'android-id': 'lea' }, 'lea@dialects.example/x');
  await ask('register-push-apns', { token: 'accept-lea', 'device-id': 'lea' }, 'lea@dialects.example/x');
  await app.register('accept-siskin', 'lea@dialects.example');
  const rows = rowsOf(contentOf(await app.ask(command('list-devices', form({ jid: 'lea@dialects.example' }))), 'completed'));
  assert.deepEqual(rows.map((row) => row.at(-1)).toSorted(), ['fluux', 'p2', 'tigase']);
  const narrowed = { domain: 'dialects.example', dialect: 'p2' };
  assert.equal(rowsOf(contentOf(await app.ask(command('list-devices', form(narrowed))), 'completed')).length, 1);
  assert.match(await app.ask(command('list-devices')), /<option label="fluux"><value>fluux<\/value><\/option>/);
  assert.match(
    contentOf(await app.ask(command('statistics')), 'completed'),
    /<value>fluux: \d+ devices?<\/value><value>p2: \d+ devices<\/value>/,
  );
  assert.match(contentOf(await app.ask(command('remove-devices', form(narrowed))), 'completed'), /1 device removed/);
  assert.equal(rowsOf(contentOf(await app.ask(command('list-devices', form(narrowed))), 'completed')).length, 0);
});

test('no token, secret or device id stands in the log', () => {
  const log = app.log.join('');
  assert.ok(log.includes('register-push-fcm'));
  for (const word of ['accept-', '92afd7a91cdba9a0', 'anna@', 'room@']) assert.ok(!log.includes(word), word);
});
