import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { buildRegistrationToken } from '../../../src/sandbox/fcm/message/device-tokens.ts';
import { anna, apns, fcm, nodeOf, push, startTestApp, type TestApp } from '../../helpers/app.ts';
import { startPushServices, type PushServices } from '../../helpers/push-services.ts';
import { captured } from '../publishes.ts';
import { secretOf } from './secret-of.ts';

// The complete exchanges of clients, in their own words: register, enable at their server, what that publishes, what arrives at Apple's or
// Google's, a dead token, the end.

const cleanUp = new AsyncDisposableStack();
let services: PushServices;
let app: TestApp;
before(async () => {
  services = cleanUp.adopt(await startPushServices(), (both) => both.close());
  const dialects = { p2: { fcm, apns }, fluux: { apns } };
  app = cleanUp.adopt(await startTestApp({ providers: services.providers, dialects }), (one) => one.close());
  await proveCredentials(app);
});
after(() => cleanUp.disposeAsync());

const hex = () => randomBytes(32).toString('hex');
const muc = 'room@muc.elsewhere.example';
/** As the app computes it, to find its account or group chat. */
const sha1 = (jid: string, deviceId: string) => createHash('sha1').update(`${jid}\0${deviceId}`).digest('hex');

/** Undated refusals are believed only of credentials that have brought pushes to others. */
async function proveCredentials(one: TestApp): Promise<void> {
  const plain = captured('prosody-0.12-offline-withbody-plain.xml');
  for (const [provider, token] of [
    [fcm, buildRegistrationToken],
    [apns, hex],
  ] as const)
    // prettier-ignore
    for (const owner of ['ben@example.net', 'cleo@example.net'])
      assert.match(await one.ask(plain(await one.register(token(), owner, provider), `proof-${owner}-${provider}`)), /type="result"/);
}

let stanzas = 0;
const id = () => `x${(stanzas += 1)}`;
const send = (from: string, command: string, one = app) =>
  one.ask(`<iq type='set' id='${id()}' to='${push}' from='${from}'>${command}</iq>`);
const command = (attributes: string, fields: string) =>
  `<command xmlns='http://jabber.org/protocol/commands' ${attributes}><x xmlns='jabber:x:data' type='submit'>${fields}</x></command>`;
const field = (name: string, value: string) => `<field var='${name}'><value>${value}</value></field>`;

/** What a client makes of the answer, and what its server keeps of it. */
interface Enabled {
  readonly jid: string;
  readonly node: string;
  readonly secret: string;
}

/** Demands all that any version of any client demands, and throws as it would. */
function parseAsClient(answer: string): Enabled {
  assert.match(answer, /^<iq type="result" /);
  assert.match(answer, /<command xmlns="http:\/\/jabber\.org\/protocol\/commands" node="register-push-[a-z]+"[^>]* status="completed"/);
  assert.match(answer, /<x xmlns="jabber:x:data" type="form">/);
  const jid = /<field var="jid" type="jid-single"><value>([^<]+)</.exec(answer)![1]!;
  return { jid, node: nodeOf(answer), secret: secretOf(answer) };
}

/** What the servers publish once push is enabled with node and secret. */
const servers = {
  'Prosody 0.12': captured('prosody-0.12-offline-secret-plain.xml'),
  'Prosody 0.12, a call': captured('prosody-0.12-offline-secret-call.xml'),
  'ejabberd 23.01': captured('ejabberd-23.01-offline-secret-0.xml'),
};
const publish = ({ node, secret }: Enabled, server: keyof typeof servers = 'ejabberd 23.01', one = app) =>
  one.ask(servers[server](node, id(), secret));

const arrivedAtGoogle = (token: string) => services.google.pushes.filter((one) => one.token === token).map(({ message }) => message);
const arrivedAtApple = (token: string) => services.apple.pushes.filter((one) => one.token.toLowerCase() === token);

interface Android {
  readonly from: string;
  readonly deviceId: string;
  readonly register: (token: string) => string;
  readonly unregister: string;
  readonly data: Readonly<Record<string, string>>;
}

function conversations(resource: string, attributes: string, more: Partial<Record<'muc', string>> = {}): Android {
  const deviceId = randomBytes(8).toString('hex');
  const extra = more.muc === undefined ? '' : field('muc', more.muc);
  const channel = more.muc === undefined ? undefined : sha1(more.muc, deviceId);
  return {
    from: `${anna}/${resource}`,
    deviceId,
    register: (token) => command(`node='register-push-fcm' ${attributes}`, field('token', token) + field('android-id', deviceId) + extra),
    // Of a group chat it knows the hash that came with the push.
    unregister: command(
      `node='unregister-push-fcm' action='execute'`,
      (channel === undefined ? '' : field('channel', channel)) + field('android-id', deviceId),
    ),
    data: { account: sha1(anna, deviceId), ...(channel === undefined ? {} : { channel }) },
  };
}

const androids: Readonly<Record<string, Android>> = {
  'Conversations up to 2.19.13': conversations('Conversations.aBcD', `action='execute'`),
  'Conversations from 2.19.14 on': conversations('Conversations.eFgH', `action='complete'`),
  'Snikket for Android': conversations('Snikket Android.1', `action='execute'`),
  'Quicksy in a group chat': conversations('Quicksy.iJkL', `action='execute'`, { muc }),
};

for (const [name, { from, register, unregister, data }] of Object.entries(androids))
  describe(name, () => {
    let token = buildRegistrationToken();
    let enabled: Enabled;

    test('registers, and reads JID, node and secret', async () => {
      enabled = parseAsClient(await send(from, register(token)));
      assert.equal(enabled.jid, push);
    });

    test('is woken by what its server publishes, each time, and finds its account', async () => {
      for (const server of Object.keys(servers) as (keyof typeof servers)[]) assert.match(await publish(enabled, server), /type="result"/);
      const messages = arrivedAtGoogle(token) as { data: unknown; android: { ttl: string } }[];
      assert.equal(messages.length, 3);
      for (const { data: arrived, android } of messages) {
        assert.deepEqual(arrived, data);
        assert.deepEqual({ ...android, ttl: '' }, { priority: 'HIGH', ttl: '', collapse_key: data['account']!.slice(0, 6) });
      }
    });

    test('registers again with a new token, and its server need not know', async () => {
      token = buildRegistrationToken();
      assert.deepEqual(parseAsClient(await send(from, register(token))), enabled);
      assert.match(await publish(enabled), /type="result"/);
      assert.equal(arrivedAtGoogle(token).length, 1);
    });

    test('gets item-not-found for its server once its token is dead', async () => {
      services.google.unregister(token);
      assert.match(await publish(enabled), /<error type="cancel"><item-not-found/);
      services.google.revive(token);
      assert.match(await publish(enabled), /<error type="cancel"><item-not-found/);
      assert.equal(arrivedAtGoogle(token).length, 1);
    });

    test('unregisters, and its server is told so', async () => {
      enabled = parseAsClient(await send(from, register(token)));
      assert.match(await publish(enabled), /type="result"/);
      const answer = await send(from, unregister);
      assert.match(answer, /node="unregister-push-fcm" status="completed" action="complete"\/><\/iq>$/);
      assert.match(await publish(enabled), /<error type="cancel"><item-not-found/);
      assert.match(await send(from, unregister), /<error type="cancel"><item-not-found/);
    });
  });

describe('a group chat of Quicksy', () => {
  test('publishes itself, from its own domain, with the secret and not without', async () => {
    const { from, register } = androids['Quicksy in a group chat']!;
    const token = buildRegistrationToken();
    const { node, secret } = parseAsClient(await send(from, register(token)));
    const ofRoom = (shown?: string) => servers['Prosody 0.12'](node, id(), shown).replace(/ from='[^']*'/, ` from='muc.elsewhere.example'`);
    assert.match(await app.ask(ofRoom()), /<error type="cancel"><item-not-found/);
    assert.match(await app.ask(ofRoom(secret)), /type="result"/);
    assert.equal(arrivedAtGoogle(token).length, 1);
  });
});

describe('Fluux', () => {
  const from = `${anna}/fluux`;
  const deviceId = '6b0f8a3e-5d1c-4f5a-9c55-0d9a3c1e7f42';
  const register = (token: string) =>
    command(`node='register-push-apns' action='execute'`, field('device-id', deviceId) + field('token', token));
  const token = hex();
  let enabled: Enabled;

  test('registers anew in each session, and keeps node and secret', async () => {
    enabled = parseAsClient(await send(from, register(token)));
    assert.deepEqual(parseAsClient(await send(from, register(token.toUpperCase()))), enabled);
  });

  test('is shown an alert that its extension may rewrite, without content', async () => {
    for (const server of ['ejabberd 23.01', 'Prosody 0.12'] as const) assert.match(await publish(enabled, server), /type="result"/);
    const pushes = arrivedAtApple(token);
    const aps = { alert: { body: 'New message' }, sound: 'default', 'mutable-content': 1 };
    assert.deepEqual(pushes.map(({ payload }) => payload), [{ aps }, { aps }]); // prettier-ignore
    assert.deepEqual(pushes.map(({ headers }) => headers['apns-push-type']), ['alert', 'alert']); // prettier-ignore
  });

  test('gets item-not-found for its server once its token is dead', async () => {
    services.apple.expire(token.toUpperCase(), new Date(Date.now() + 60_000));
    assert.match(await publish(enabled), /<error type="cancel"><item-not-found/);
    assert.match(await publish(enabled), /<error type="cancel"><item-not-found/);
  });

  test('may unregister, though it only disables push at its server', async () => {
    enabled = parseAsClient(await send(from, register(hex())));
    assert.match(
      await send(from, command(`node='unregister-push-apns' action='execute'`, field('device-id', deviceId))),
      /status="completed"/,
    );
    assert.match(await publish(enabled), /<error type="cancel"><item-not-found/);
  });
});

describe("a client of Openfire's plugin", () => {
  const from = 'user@example.net/mobile';
  let openfire: TestApp;
  before(async () => {
    openfire = cleanUp.adopt(await startTestApp({ providers: services.providers, dialects: { openfire: { fcm, apns } } }), (one) =>
      one.close(),
    );
    await proveCredentials(openfire);
  });
  // What Openfire publishes: its own words, and the options as the client gave them.
  const publishAsOpenfire = ({ node, secret }: Enabled) =>
    openfire.ask(
      `<iq type='set' id='${id()}' from='example.net' to='${push}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item>` +
        `<notification xmlns='urn:xmpp:push:0'><x xmlns='jabber:x:data' type='form'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:push:summary</value></field>` +
        `<field var='message-count' type='text-single'><value>1</value></field><field var='last-message-sender' type='text-single'/>` +
        `<field var='last-message-body' type='text-single'><value>New Message</value></field></x></notification></item></publish>` +
        `<publish-options><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/pubsub#publish-options</value></field>` +
        `<field var='secret'><value>${secret}</value></field><field var='sandbox'><value>true</value></field></x></publish-options></pubsub></iq>`,
    );
  const aps = { alert: { title: 'message' }, category: 'message', sound: 'default', 'mutable-content': 1 };

  const kinds = {
    fcm: {
      token: buildRegistrationToken(),
      arrived: (token: string) => (arrivedAtGoogle(token) as { data?: unknown }[]).map(({ data }) => data),
      expected: {},
      bury: (token: string) => services.google.unregister(token),
    },
    apns: {
      token: hex(),
      arrived: (token: string) => arrivedAtApple(token).map(({ payload }) => payload as unknown),
      expected: { aps },
      bury: (token: string) => services.apple.expire(token, new Date(Date.now() + 60_000)),
    },
  };

  for (const [service, { token, arrived, expected, bury }] of Object.entries(kinds))
    test(`registers for ${service}, is pushed to, loses its token, registers again and unregisters`, async () => {
      const fields = field('token', token) + field('device-id', '0523AD60-ADD0-45A4-8D05-DC1AC59BB1CA');
      const register = () => send(from, command(`action='execute' node='register-push-${service}'`, fields), openfire);
      const answer = await register();
      assert.match(answer, / action="complete"><x /);
      const enabled = parseAsClient(answer);
      assert.match(await publishAsOpenfire(enabled), /type="result"/);
      assert.deepEqual(arrived(token), [expected]);
      bury(token);
      assert.match(await publishAsOpenfire(enabled), /<error type="cancel"><item-not-found/);
      const again = parseAsClient(await register());
      assert.notEqual(again.node, enabled.node);
      const unregister = command(
        `action='execute' node='unregister-push-${service}'`,
        field('device-id', '0523AD60-ADD0-45A4-8D05-DC1AC59BB1CA'),
      );
      assert.match(await send(from, unregister, openfire), /status="completed" action="complete"\/>/);
      assert.match(await publishAsOpenfire(again), /<error type="cancel"><item-not-found/);
    });
});

test('registrations are counted by command, and commands that nobody answers are no series', async () => {
  const metrics = await (await fetch(`http://127.0.0.1:${app.app.httpPort}/metrics`)).text();
  const completed = (command: string) =>
    Number(new RegExp(`^reveille_registrations_total\\{command="${command}",result="completed"\\} (\\d+)$`, 'm').exec(metrics)?.[1]);
  assert.ok(completed('register-push-fcm') >= Object.keys(androids).length * 3);
  assert.equal(completed('unregister-push-fcm'), Object.keys(androids).length);
  assert.ok(completed('register-push-apns') >= 3);
  assert.match(metrics, /^reveille_dialect_devices\{dialect="tigase"\} \d+$/m);
  assert.doesNotMatch(metrics, /register-push-hms/);
});

test('no token, secret, hash or device id stands in the log', () => {
  const log = app.log.join('');
  assert.ok(log.includes('"event":"token-dead"'));
  const words = Object.values(androids).flatMap(({ deviceId, data }) => [deviceId, ...Object.values(data)]);
  for (const word of [...words, 'APA91b', muc, anna]) assert.ok(!log.includes(word), word);
});
