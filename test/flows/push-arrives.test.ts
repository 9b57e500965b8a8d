import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { describeAnswer } from '../servers/publishes.ts';
import { allServers } from '../servers/real-servers.ts';
import { serverOrSkip } from '../servers/server-or-skip.ts';
import { registerBrowser, startWebPushService, ways, type WebPushService } from './features/stage/web-push.ts';
import { openScene } from './stage/open-scene.ts';
import type { Scene } from './stage/scene.ts';
import { parseStanza, provider, registerDevice, unregisterDevice } from './stage/stanzas.ts';

for (const server of allServers) {
  describe(`a push through ${server.name}`, { skip: await serverOrSkip(server.packages, server.release) }, () => {
    const cleanUp = new AsyncDisposableStack();
    let scene: Scene;
    let webPush: WebPushService;
    before(async () => {
      webPush = await startWebPushService(cleanUp);
      scene = await openScene(server, cleanUp, { withBody: true, withSender: true, tables: webPush.table });
    });
    after(() => cleanUp.disposeAsync());

    test('a client finds the component by service discovery', async () => {
      const items = await scene.bob.discoItems(scene.host.domain);
      assert.deepEqual(
        items.map(({ jid }) => jid),
        [scene.host.componentJid],
      );
      const info = await scene.bob.discoInfo(scene.host.componentJid);
      assert.deepEqual(info.identities, [['pubsub', 'push']]);
      for (const feature of ['urn:xmpp:push:0', 'http://jabber.org/protocol/commands', provider])
        assert.ok(info.features.includes(feature), feature);
    });

    test('a message to somebody who is away arrives at the push service, and the server gets a result', async () => {
      const { token, node, user } = await scene.registerAlice();
      await scene.write(user, 'Are you there? ☎');
      assert.equal(await scene.answer(node, 1), 'result');
      const [push, ...others] = scene.pushService.asked(token);
      assert.deepEqual(others, []);
      const { account, body, sender } = push?.payload ?? {};
      assert.deepEqual([push?.status, push?.topic, account, body], [200, scene.pushService.topic, user, 'Are you there? ☎']);
      assert.match(String(sender), /^bob@chat\.test/);
    });

    test('a message that only its reader can decrypt shows at the phone, though there is no text that the server could pass on', async () => {
      const { token, node, user } = await scene.registerAlice();
      await scene.writeEncrypted(user);
      assert.equal(await scene.answer(node, 1), 'result');
      const [push, ...others] = scene.pushService.accepted(token);
      assert.deepEqual(others, []);
      assert.equal(push?.pushType, 'alert');
      const { body, sender } = push.payload ?? {};
      assert.equal(body, scene.host.kind === 'prosody' ? undefined : '(encrypted)');
      assert.match(String(sender), /^bob@chat\.test/);
    });

    for (const [how, command] of Object.entries(ways))
      test(`a browser that registered its subscription ${how} reads what was written, and nobody on the way does`, async () => {
        const { sandbox, applicationServerKey } = webPush;
        const subscription = sandbox.subscribe({ applicationServerKey });
        const { node, user } = await registerBrowser(scene, command(subscription));
        await scene.write(user, 'Are you there? ☎');
        assert.equal(await scene.answer(node, 1), 'result');
        const [push, ...others] = sandbox.pushes.filter(({ token }) => token === subscription.token);
        assert.deepEqual([others, push?.urgency, push?.subject], [[], 'high', 'mailto:admin@example.org']);
        const { account, sender, body } = JSON.parse(push?.text ?? '') as Record<string, string>;
        assert.deepEqual([account, body], [user, 'Are you there? ☎']);
        assert.match(sender ?? '', /^bob@chat\.test/);
      });

    test('an app of UnifiedPush without keys gets the same as plain text, where that is allowed', async () => {
      const { sandbox } = webPush;
      const { token, endpoint } = sandbox.subscribe({ hasKeys: false });
      const { node, user } = await registerBrowser(scene, registerDevice(endpoint, 'webpush'));
      await scene.write(user, 'Are you there? ☎');
      assert.equal(await scene.answer(node, 1), 'result');
      const texts = sandbox.pushes.filter((push) => push.token === token).map(({ text = '' }) => text);
      assert.deepEqual(
        texts.map((text) => (JSON.parse(text) as Record<string, string>)['body']),
        ['Are you there? ☎'],
      );
    });

    test('a subscription that is over ends the registration, and the server hears item-not-found', async () => {
      const { sandbox, applicationServerKey } = webPush;
      const subscription = sandbox.subscribe({ applicationServerKey });
      const { node, user } = await registerBrowser(scene, ways['as JSON'](subscription));
      sandbox.unsubscribe(subscription.token);
      await scene.write(user);
      assert.equal(await scene.answer(node, 1), 'cancel/item-not-found');
      const again = await registerBrowser(scene, ways['as JSON'](subscription));
      assert.notEqual(again.node, node);
    });

    test('a form asked for and completed in two stages registers the device as well', async () => {
      const { status, offered, answer } = await scene.bob.adhoc(scene.host.componentJid, 'register-device', {
        provider,
        'device-token': 'a1'.repeat(32),
      });
      assert.deepEqual(status, ['executing', 'completed']);
      assert.deepEqual(offered, ['provider', 'device-token', 'device-second-token']);
      assert.match(answer, /var="node"/);
    });

    test('a device that unregistered gets nothing more', async () => {
      const { token, node, user } = await scene.registerAlice();
      const alice = await scene.logIn('alice');
      const answer = parseStanza(await alice.iq('set', unregisterDevice(token), scene.host.componentJid));
      assert.equal(describeAnswer(answer), 'result');
      await alice.goOffline();
      await scene.write(user);
      assert.equal(await scene.answer(node, 1), 'cancel/item-not-found');
      assert.deepEqual(scene.pushService.asked(token), []);
    });
  });
}
