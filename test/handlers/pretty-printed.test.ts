import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { anna, apns, fcm, nodeOf, push, startTestApp, type TestApp } from '../helpers/app.ts';
import { ask, startEmbeddedPostgres } from '../helpers/database/postgres.ts';
import { startPushServices, type PushServices } from '../helpers/push-services.ts';
import { stageOf, stageProvider } from '../helpers/stage-provider.ts';
import { authority, topic } from './certificates.ts';
import { admin, commands, contentOf, rowsOf } from './run-command.ts';

const stage = stageOf('pretty-printed');
const slot = 'apns-by-upload';
const key = randomBytes(32);
const cleanUp = new AsyncDisposableStack();
let url: string;
let services: PushServices;
let app: TestApp;

before(async () => {
  const database = cleanUp.adopt(await startEmbeddedPostgres(), (server) => server.close());
  url = await database.createDatabase();
  services = cleanUp.adopt(await startPushServices(), (both) => both.close());
  const { 'ca-file': ca, endpoint, proxy } = services.providers[0]!.options;
  const providers = [
    ...services.providers,
    { id: 'stage', use: stageProvider, options: { stage: 'pretty-printed' } },
    { id: slot, use: 'apns', options: { 'ca-file': ca, endpoint, proxy, 'apns-topic': topic } },
  ];
  app = cleanUp.adopt(await startTestApp({ database: { url, key }, providers }), (one) => one.close());
});
after(() => cleanUp.disposeAsync());

/** What stands around the text of a value; CR as a reference, as the end of a line it would be a line feed (XML 1.0 §2.11). */
const surroundings: Readonly<Record<string, readonly [before: string, after: string]>> = {
  nothing: ['', ''],
  'line feeds and blanks': ['\n        ', '\n      '],
  tabs: ['\t', '\t\t'],
  'raw CRLF': ['\r\n    ', '\r\n  '],
  'CR as a reference': ['&#13;\n  ', '&#13;\n'],
  'non-breaking spaces': ['&#xA0;', ' &#xA0;'],
};

type Values = Readonly<Record<string, string | readonly string[]>>;

function prettyForm(values: Values, [front, back]: readonly [string, string]): string {
  const valueOf = (text: string) => `<value>${front}${text}${back}</value>`;
  const fields = Object.entries(values).map(
    ([name, texts]) => `\n  <field var='${name}'>\n    ${[texts].flat().map(valueOf).join('\n    ')}\n  </field>`,
  );
  return `<x xmlns='jabber:x:data' type='submit'>${fields.join('')}\n</x>`;
}

let count = 0;

function run(node: string, content: string, from: string): Promise<string> {
  return app.ask(
    `<iq type='set' id='y${(count += 1)}' from='${from}' to='${push}'>\n  <command xmlns='${commands}' node='${node}'>\n    ${content}\n  </command>\n</iq>`,
  );
}

function publish(node: string, notification: string, options = ''): Promise<string> {
  return app.ask(
    `<iq type='set' id='y${(count += 1)}' from='example.net' to='${push}'>\n <pubsub xmlns='http://jabber.org/protocol/pubsub'>\n  <publish node='${node}'>\n   <item>\n    ` +
      `<notification xmlns='urn:xmpp:push:0'>\n${notification}\n</notification>\n   </item>\n  </publish>\n${options}</pubsub>\n</iq>`,
  );
}

const plain = ['', ''] as const;
const hex = () => randomBytes(32).toString('hex');
const newOwner = () => `pretty${(count += 1)}@example.net`;
const register = async (owner: string, provider: string, token: string) =>
  nodeOf(await run('register-device', prettyForm({ provider, 'device-token': token }, plain), `${owner}/x`));

for (const [name, around] of Object.entries(surroundings)) {
  describe(`values with ${name} around them`, () => {
    test('register a device and unregister it', async () => {
      for (const provider of [apns, 'stage']) {
        const owner = newOwner();
        const [token, second] = [hex(), hex()];
        const values = { provider, 'device-token': token };
        const answer = await run('register-device', prettyForm({ ...values, 'device-second-token': second }, around), `${owner}/x`);
        const node = nodeOf(answer);
        assert.equal(
          answer,
          `<iq type="result" id="y${count}" from="push.test" to="${owner}/x"><command xmlns="${commands}" node="register-device" status="completed">` +
            `<x xmlns="jabber:x:data" type="result"><field var="node" type="text-single"><value>${node}</value></field>` +
            `<field var="features" type="text-multi"><value>tigase:push:encrypt:0</value></field>` +
            `<field var="max-payload-size" type="text-single"><value>3072</value></field></x></command></iq>`,
        );
        assert.deepEqual(await ask(url, `SELECT provider, token, second_token FROM devices WHERE owner = '${owner}'`), [
          { provider, token, second_token: second },
        ]);
        assert.equal(
          await run('unregister-device', prettyForm(values, around), `${owner}/x`),
          `<iq type="result" id="y${count}" from="push.test" to="${owner}/x"><command xmlns="${commands}" node="unregister-device" status="completed">` +
            `<x xmlns="jabber:x:data" type="result"/></command></iq>`,
        );
      }
    });

    test('are a notification: sender and counts without them, the text as it was written', async () => {
      const node = await register(newOwner(), 'stage', hex());
      const [front, back] = around;
      const summary = prettyForm(
        {
          FORM_TYPE: 'urn:xmpp:push:summary',
          'message-count': '3',
          'pending-subscription-count': '2',
          'last-message-sender': 'ben@example.net/desk',
          'last-message-body': 'Good  morning',
        },
        around,
      );
      const tigase =
        `<groupchat xmlns='http://tigase.org/protocol/muc#offline'><nickname>${front}Ben B.${back}</nickname></groupchat>` +
        `<priority xmlns='tigase:push:priority:0'>${front}high${back}</priority>` +
        `<jingle xmlns='tigase:push:jingle:0' action='propose' sid='s1'><media>${front}audio${back}</media></jingle>` +
        `<encrypted xmlns='tigase:push:encrypt:0' iv='aXY='>${front}cGF5bG9hZA==${back}</encrypted>`;
      assert.match(await publish(node, summary + tigase), /^<iq type="result"/);
      const { notification } = stage.accepted.at(-1)!;
      assert.deepEqual(
        { ...notification },
        {
          messageCount: 3,
          pendingSubscriptionCount: 2,
          sender: 'ben@example.net/desk',
          body: `${read(front)}Good  morning${read(back)}`,
          nickname: 'Ben B.',
          encrypted: { payload: 'cGF5bG9hZA==', iv: 'aXY=', type: undefined },
          priority: 'high',
          jingle: { sid: 's1', action: 'propose', media: ['audio'] },
          meet: undefined,
          event: undefined,
        },
      );
    });

    test('are a payload that differs from that of plain values in the text alone', async () => {
      const node = await register(newOwner(), apns, hex());
      const values = { 'message-count': '3', 'last-message-sender': 'ben@example.net' };
      for (const spelling of [plain, around]) assert.match(await publish(node, prettyForm(values, spelling)), /^<iq type="result"/);
      const [one, other] = services.apple.pushes.slice(-2).map(({ payload }) => JSON.stringify(payload));
      assert.equal(other, one);
      assert.match(one ?? '', /ben@example\.net/);
    });

    test('are the secret of a publish', async () => {
      const node = await register(newOwner(), 'stage', hex());
      await ask(url, `UPDATE devices SET secret = 'the-secret' WHERE node = '${node}'`);
      const options = (secret: string) => `<publish-options>\n${prettyForm({ secret }, around)}\n</publish-options>`;
      assert.match(await publish(node, '', options('another')), /item-not-found/);
      assert.match(await publish(node, '', options('the-secret')), /^<iq type="result"/);
    });

    test('narrow a list of devices', async () => {
      const owner = newOwner();
      const node = await register(owner, 'stage', hex());
      await register(owner, apns, hex());
      const rows = async (values: Values) =>
        rowsOf(contentOf(await run('list-devices', prettyForm(values, around), admin), 'completed')).map((row) => row[5]);
      assert.deepEqual(await rows({ jid: owner, domain: 'example.net', provider: 'stage', node }), [node]);
      assert.equal((await rows({ jid: owner, provider: '*' })).length, 2);
    });

    test('choose the devices of a test push, whose text is as it was written', async () => {
      const owner = newOwner();
      const node = await register(owner, 'stage', hex());
      const answer = await run('send-test-push', prettyForm({ jid: owner, node, body: 'Hello' }, around), admin);
      assert.match(contentOf(answer, 'completed'), /Accepted for 1 of 1 device\./);
      assert.equal(stage.accepted.at(-1)?.notification.body, `${read(around[0])}Hello${read(around[1])}`);
    });

    test('remove devices, where that is confirmed', async () => {
      const owner = newOwner();
      await register(owner, 'stage', hex());
      await register(owner, apns, hex());
      for (const confirm of ['0', 'false'])
        assert.match(await run('remove-devices', prettyForm({ jid: owner, confirm }, around), admin), /2 devices would be removed/);
      const answer = await run('remove-devices', prettyForm({ jid: owner, confirm: 'true' }, around), admin);
      assert.match(contentOf(answer, 'completed'), /2 devices removed\./);
    });

    test('set a certificate, base64 or PEM in one value or a value a line; its password is as it was written', async () => {
      const client = authority.issueClient([topic, `${topic}.voip`]);
      const upload = (certificate: string | readonly string[], password: string, spelling: readonly [string, string]) =>
        run(
          'set-apns-certificate',
          prettyForm({ provider: slot, certificate }, spelling).replace(
            '</x>',
            password === '' ? '</x>' : `<field var='password'><value>${password}</value></field></x>`,
          ),
          admin,
        );
      const pem = (client.cert + client.key).trim();
      const password = '  a password between blanks\t';
      const p12 = client.p12(password).toString('base64');
      for (const [certificate, secret] of [
        [pem, ''],
        [pem.split(/\r?\n/), ''],
        [p12, password],
        [p12.match(/.{1,76}/g)!, password],
      ] as const)
        assert.match(contentOf(await upload(certificate, secret, around), 'completed'), /uses this certificate from now on/);
      assert.match(await upload(p12, password.trim(), around), /the password does not open it/);
    });
  });
}

/** Text as a parser reads it. */
function read(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll('&#13;', '\r').replaceAll('&#xA0;', '\u00a0');
}

describe('fields', () => {
  test('with nothing but white space in them are absent', async () => {
    const empty = ['\n    ', '\n  '] as const;
    const answer = await run('register-device', prettyForm({ provider: apns, 'device-token': '' }, empty), `${anna}/x`);
    assert.match(answer, />missing: device-token<\/text>/);
    assert.match(
      await run('register-device', prettyForm({ provider: '' }, empty), `${anna}/x`),
      />missing: provider, device-token<\/text>|unknown provider/,
    );
    const node = await register(newOwner(), 'stage', hex());
    await publish(node, prettyForm({ 'message-count': '', 'last-message-sender': '' }, empty));
    const { messageCount, sender } = stage.accepted.at(-1)!.notification;
    assert.deepEqual([messageCount, sender], [undefined, undefined]);
  });

  test('a provider of another name is refused as before, and named as it is known', async () => {
    const answer = await run(
      'register-device',
      prettyForm({ provider: 'fc m', 'device-token': hex() }, surroundings['tabs']!),
      `${anna}/x`,
    );
    assert.ok(answer.includes(`unknown provider; known here: ${apns}, ${fcm}, stage, ${slot}</text>`), answer);
  });

  test('of endless white space within cost no more time than others', async () => {
    const node = await register(newOwner(), 'stage', hex());
    const begun = performance.now();
    const sender = `x${' '.repeat(100_000)}x`;
    assert.match(await publish(node, prettyForm({ 'last-message-sender': sender }, plain)), /^<iq type="result"/);
    assert.ok(performance.now() - begun < 5_000, 'the time grows with the square of the length');
  });
});
