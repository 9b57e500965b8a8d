import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { buildRegistrationToken } from '../../../src/sandbox/fcm/message/device-tokens.ts';
import { anna, apns, fcm, nodeOf, push, startTestApp, type TestApp } from '../../helpers/app.ts';
import { startPushServices, type PushServices } from '../../helpers/push-services.ts';
import { call } from '../../rest/client.ts';
import { command, form } from '../run-command.ts';
import { buildPublish, dummyBody, parseAsMonal, type Enabled } from './push-appserver.ts';

const cleanUp = new AsyncDisposableStack();
let services: PushServices;
let app: TestApp;
before(async () => {
  services = cleanUp.adopt(await startPushServices(), (both) => both.close());
  const dialects = { modPushAppserver: { apns, fcm, http: true } };
  app = cleanUp.adopt(await startTestApp({ providers: services.providers, dialects }), (one) => one.close());
  // An undated refusal is believed only of credentials that have brought pushes to others.
  for (const owner of ['ben@example.net', 'cleo@example.net']) {
    await publishPlain(await app.register(randomToken(), owner, apns));
    await publishPlain(await app.register(buildRegistrationToken(), owner, fcm));
  }
});
after(() => cleanUp.disposeAsync());

const randomToken = () => randomBytes(32).toString('hex');
const monalId = () => randomBytes(16).toString('hex').toUpperCase();
const publishPlain = async (node: string) => assert.match(await app.ask(buildPublish({ node }, dummyBody)), /type="result"/);

type Fields = Readonly<Record<string, string>>;

/** A way to this app server: both end in a node, a secret, and nothing else that the client keeps. */
interface Way {
  register(fields: Fields): Promise<Enabled>;
  /** True where the device was known. */
  unregister(fields: Fields): Promise<boolean>;
}

const post = (path: string, fields: Fields) =>
  call({
    port: app.app.httpPort,
    path: `/push_appserver/v1/${path}`,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  });
const run = (name: string, fields: Fields) => app.ask(command(name, form(fields), `action='execute'`, `${anna}/phone`));

const ways: Readonly<Record<string, Way>> = {
  'by ad-hoc': {
    async register(fields) {
      const answer = await run('v1-register-push', fields);
      assert.match(answer, /status="complete"/);
      return { node: nodeOf(answer), secret: /var="secret"[^>]*><value>([^<]+)</.exec(answer)![1]! };
    },
    unregister: async (fields) => !(await run('v1-unregister-push', fields)).includes('<item-not-found'),
  },
  'over HTTP': {
    async register(fields) {
      const reply = await post('register', fields);
      assert.deepEqual([reply.status, reply.headers['content-type']], [200, 'text/plain; charset=utf-8']);
      return parseAsMonal(reply.body);
    },
    unregister: async (fields) => (await post('unregister', fields)).body.startsWith('OK\n'),
  },
};

const arrivedAtApple = (token: string) => services.apple.pushes.filter((one) => one.token === token);
const arrivedAtGoogle = (token: string) => services.google.pushes.filter((one) => one.token === token);
const newMessage = { aps: { 'mutable-content': 1, alert: { title: 'New Message', body: 'New Message' }, sound: 'default' } };
const silent = { aps: { 'content-available': 1 } };

for (const [name, way] of Object.entries(ways))
  describe(`a phone that registers ${name}`, () => {
    test('on iOS gets the dummy alert for a message with a body, until its token is dead', async () => {
      const [token, id] = [randomToken(), monalId()];
      const enabled = await way.register({ type: 'apns', node: id, token });
      assert.match(await app.ask(buildPublish(enabled, dummyBody)), /type="result"/);
      const [arrived, ...more] = arrivedAtApple(token);
      assert.deepEqual([arrived!.payload, more.length], [newMessage, 0]);
      assert.deepEqual([arrived!.pushType, arrived!.priority, arrived!.collapseId], ['alert', 10, undefined]);

      services.apple.expire(token, new Date(Date.now() + 1_000));
      assert.match(await app.ask(buildPublish(enabled, dummyBody)), /type="cancel"><item-not-found/);
      assert.match(await app.ask(buildPublish(enabled, dummyBody)), /type="cancel"><item-not-found/);
      assert.equal(await way.unregister({ type: 'apns', node: id }), false);
    });

    test('on iOS is woken in silence for what has no body', async () => {
      const token = randomToken();
      const enabled = await way.register({ type: 'apns', node: monalId(), token });
      assert.match(await app.ask(buildPublish(enabled)), /type="result"/);
      const [arrived] = arrivedAtApple(token);
      assert.deepEqual([arrived!.payload, arrived!.pushType, arrived!.priority], [silent, 'background', 5]);
    });

    test('on iOS is told nothing of what a talkative server publishes', async () => {
      const token = randomToken();
      const enabled = await way.register({ type: 'apns', node: monalId(), token });
      const talk = `<field var='last-message-sender'><value>ben@example.net</value></field><field var='last-message-body'><value>hush</value></field>`;
      await app.ask(buildPublish(enabled, talk, `<priority xmlns='tigase:push:priority:0'>high</priority>`));
      assert.deepEqual(
        arrivedAtApple(token).map(({ payload }) => payload),
        [newMessage],
      );
    });

    test('on Android gets an empty data message, until its token is dead', async () => {
      const [token, id] = [buildRegistrationToken(), randomBytes(8).toString('hex')];
      const enabled = await way.register({ type: 'fcm', node: id, token });
      assert.match(await app.ask(buildPublish(enabled, dummyBody)), /type="result"/);
      const [arrived, ...more] = arrivedAtGoogle(token);
      assert.deepEqual(
        [arrived!.data, arrived!.priority, arrived!.collapseKey, more.length],
        [{}, 'HIGH', 'mod_push_appserver_fcm.collapse', 0],
      );

      services.google.unregister(token);
      assert.match(await app.ask(buildPublish(enabled, dummyBody)), /type="cancel"><item-not-found/);
    });

    test('and leaves is unknown from then on', async () => {
      const [token, id] = [randomToken(), monalId()];
      const enabled = await way.register({ type: 'apns', node: id, token });
      assert.equal(await way.unregister({ type: 'apns', node: id }), true);
      assert.match(await app.ask(buildPublish(enabled, dummyBody)), /type="cancel"><item-not-found/);
      assert.equal(await way.unregister({ type: 'apns', node: id }), false);
      assert.equal(arrivedAtApple(token).length, 0);
    });

    test('is pushed over HTTP as well, by whoever has its secret', async () => {
      const token = randomToken();
      const { node, secret } = await way.register({ type: 'apns', node: monalId(), token });
      assert.equal((await post('push', { node, secret })).body, `OK\n${node}`);
      assert.deepEqual(
        arrivedAtApple(token).map(({ payload }) => payload),
        [silent],
      );
      const unknown = { status: 200, body: 'ERROR\nNode or secret not found!' };
      for (const wrong of [
        { node, secret: 'wrong' },
        { node: 'x', secret },
        { node: '\0', secret },
        { node, secret: '' },
      ]) {
        const { status, body } = await post('push', wrong);
        assert.deepEqual({ status, body }, unknown);
      }
      const dead = randomToken();
      const gone = await way.register({ type: 'apns', node: monalId(), token: dead });
      services.apple.expire(dead, new Date(Date.now() + 1_000));
      assert.equal((await post('push', { node: gone.node, secret: gone.secret })).body, unknown.body);
    });
  });

describe('a device that registered over HTTP', () => {
  test('keeps node and secret when it comes again with its token, in whatever case', async () => {
    const [token, id] = [randomToken(), monalId()];
    const first = await ways['over HTTP']!.register({ type: 'apns', node: id, token });
    assert.deepEqual(await ways['over HTTP']!.register({ type: 'apns', node: id, token: token.toUpperCase() }), first);
  });

  test('can not be taken over by who knows its id: another token is another device', async () => {
    const [token, id] = [randomToken(), monalId()];
    const mine = await ways['over HTTP']!.register({ type: 'apns', node: id, token });
    const theirs = await ways['over HTTP']!.register({ type: 'apns', node: id, token: randomToken() });
    assert.notEqual(theirs.node, mine.node);
    assert.notEqual(theirs.secret, mine.secret);
    assert.match(await app.ask(buildPublish(mine, dummyBody)), /type="result"/);
    assert.equal(arrivedAtApple(token).length, 1);
    assert.match(await app.ask(buildPublish({ node: mine.node, secret: theirs.secret }, dummyBody)), /item-not-found/);
  });

  test('leaves with all its tokens', async () => {
    const id = monalId();
    const devices = [];
    for (const token of [randomToken(), randomToken()]) devices.push(await ways['over HTTP']!.register({ type: 'apns', node: id, token }));
    const { body } = await post('unregister', { type: 'apns', node: id });
    assert.equal(body, `OK\n${id}\n${devices[1]!.secret}`);
    for (const device of devices) assert.match(await app.ask(buildPublish(device, dummyBody)), /item-not-found/);
  });

  test('keeps its node when it comes again by ad-hoc with the same token, and leaves that way', async () => {
    const fields = { type: 'apns', node: monalId(), token: randomToken() };
    const first = await ways['over HTTP']!.register(fields);
    assert.deepEqual(await ways['by ad-hoc']!.register(fields), first);
    const other = await ways['by ad-hoc']!.register({ ...fields, token: randomToken() });
    assert.notEqual(other.node, first.node);
    assert.equal(await ways['by ad-hoc']!.unregister(fields), true);
    assert.match(await app.ask(buildPublish(other, dummyBody)), /item-not-found/);
    assert.match(await app.ask(buildPublish(first, dummyBody)), /type="result"/);
    assert.equal(await ways['by ad-hoc']!.unregister(fields), true);
    assert.match(await app.ask(buildPublish(first, dummyBody)), /item-not-found/);
  });

  test('takes no publish without its secret, whoever asks', async () => {
    const { node } = await ways['over HTTP']!.register({ type: 'apns', node: monalId(), token: randomToken() });
    for (const from of ['example.net', push, anna])
      assert.match(await app.ask(buildPublish({ node }, dummyBody).replace("from='example.net'", `from='${from}'`)), /item-not-found/);
  });
});
