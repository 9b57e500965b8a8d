import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { nodeOf, push, startTestApp, type TestApp } from '../../helpers/app.ts';
import { createBrowser, type Browser } from './browser.ts';
import { authority, createService, type Service } from './service.ts';
import { usualOptions, vapidPem } from './stage.ts';
import { commands, form } from '../../handlers/run-command.ts';

let app: TestApp;
before(async () => {
  const options = { ...usualOptions, 'vapid-key-file': vapidPem, 'ca-file': authority.ca };
  const scripted = new URL('../../helpers/scripted-provider.ts', import.meta.url).pathname;
  app = await startTestApp({
    providers: [
      { id: 'webpush', use: 'webpush', options },
      { id: 'any', use: scripted, options: {} },
    ],
  });
});
after(() => app.close());

let count = 0;

function run(node: string, fields: Readonly<Record<string, string>>): Promise<string> {
  count += 1;
  const escaped = Object.entries(fields).map(([name, value]) => [name, value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')] as const);
  return app.ask(
    `<iq type='set' id='w${count}' from='anna@example.net/tab' to='${push}'><command xmlns='${commands}' node='${node}'>${form(Object.fromEntries(escaped))}</command></iq>`,
  );
}

function publish(node: string): Promise<string> {
  count += 1;
  return app.ask(
    `<iq type='set' id='w${count}' from='example.net' to='${push}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item>` +
      `<notification xmlns='urn:xmpp:push:0'><x xmlns='jabber:x:data'><field var='FORM_TYPE'><value>urn:xmpp:push:summary</value></field>` +
      `<field var='message-count'><value>1</value></field></x></notification></item></publish></pubsub></iq>`,
  );
}

const fieldsOf = (endpoint: string, { p256dh, auth }: Browser) => ({ provider: 'webpush', 'device-token': endpoint, p256dh, auth });
const arrived = ({ received }: Service, browser: Browser) => JSON.parse(browser.read(received.at(-1)!.body).toString()) as unknown;

test('a browser registered by its PushSubscription is pushed to, and unregistered by it', async (context) => {
  const [service, browser] = [await createService(context), createBrowser()];
  const subscription = browser.subscriptionAt(`${service.origin}/push/json?a=b`);
  const node = nodeOf(await run('register-device', { provider: 'webpush', 'device-token': subscription }));
  assert.match(await publish(node), /type="result"/);
  assert.deepEqual(arrived(service, browser), { account: 'anna@example.net', 'unread-messages': '1' });
  assert.match(await run('unregister-device', { provider: 'webpush', 'device-token': subscription }), /status="completed"/);
  assert.match(await publish(node), /<item-not-found/);
});

test('a browser registered by endpoint and keys in fields is the same device as by its PushSubscription', async (context) => {
  const [service, browser] = [await createService(context), createBrowser()];
  const endpoint = `${service.origin}/push/fields`;
  const node = nodeOf(await run('register-device', fieldsOf(endpoint, browser)));
  assert.equal(nodeOf(await run('register-device', { provider: 'webpush', 'device-token': browser.subscriptionAt(endpoint) })), node);
  assert.match(await publish(node), /type="result"/);
  assert.deepEqual(arrived(service, browser), { account: 'anna@example.net', 'unread-messages': '1' });
  assert.match(await run('unregister-device', fieldsOf(endpoint, browser)), /status="completed"/);
  assert.match(await publish(node), /<item-not-found/);
});

test('a browser that its service calls gone is refused to the server once the key is proven by another', async (context) => {
  const service = await createService(context);
  const [alive, dead] = await Promise.all(
    ['alive', 'dead'].map(async (name) =>
      nodeOf(await run('register-device', fieldsOf(`${service.origin}/push/${name}`, createBrowser()))),
    ),
  );
  service.behave(({ path }) => ({ status: path.endsWith('dead') ? 410 : 201 }));
  assert.match(await publish(alive!), /type="result"/);
  assert.match(await publish(dead!), /<item-not-found/);
});

test('a registration is refused with the likely mistake, and without the text', async () => {
  const browser = createBrowser();
  const rows = [
    [{ ...fieldsOf('https://10.0.0.1/x', browser) }, /private, local or reserved/],
    [{ ...fieldsOf('https://push.example/secret-path', browser), auth: '' }, /auth that is not 16 bytes/],
    [{ provider: 'webpush', 'device-token': 'https://push.example/secret-path' }, /has no keys/],
  ] as const;
  for (const [fields, expected] of rows) {
    const answer = await run('register-device', fields);
    assert.match(answer, /<bad-payload/);
    assert.match(answer, expected);
    assert.ok(!answer.includes('secret-path'), answer);
  }
});
