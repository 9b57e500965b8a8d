import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createTestDatabase } from '../../helpers/database/postgres.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { connectClient } from '../../servers/client.ts';
import { startEjabberd } from '../../servers/ejabberd.ts';
import { ejabberd, ejabberd24 } from '../../servers/real-servers.ts';
import { startReveille } from '../../servers/reveille.ts';
import { serverOrSkip } from '../../servers/server-or-skip.ts';
import { startTap } from '../../servers/tap.ts';
import { trixieRoot } from '../../servers/trixie.ts';
import { openScene } from '../stage/open-scene.ts';
import { connectPhone, fallAsleep, readPushes } from './stage/phone.ts';
import { startPushService } from '../stage/push-service.ts';
import { registerCrowd } from '../stage/register-crowd.ts';
import { Room } from './stage/room.ts';
import { type Device, password, type Scene } from '../stage/scene.ts';
import { provider } from '../stage/stanzas.ts';

/** Phones that are woken at once. */
const crowdSize = 100;

const phrase = 'Something for you';
const asAlert = { pushType: 'alert', sender: undefined, body: phrase };
const asUpdate = { pushType: 'background', sender: undefined, body: undefined };

for (const server of [ejabberd, ejabberd24]) {
  describe(
    `phones behind ${server.name}, which keeps texts and senders to itself`,
    {
      skip: await serverOrSkip(server.packages, server.release),
    },
    () => {
      const cleanUp = new AsyncDisposableStack();
      let scene: Scene;
      before(async () => {
        // A phone is woken two minutes before its session ends.
        const keepAlive = 'mod_push_keepalive: { wake_on_start: true, resume_timeout: 121 }';
        const modules = ['mod_stream_mgmt: {}', 'mod_client_state: {}', 'mod_admin_extra: {}', keepAlive];
        scene = await openScene(server, cleanUp, { importantBody: phrase, rooms: true, modules });
      });
      after(() => cleanUp.disposeAsync());

      test('a phone whose network is gone is pushed to, and its session waits for it', async () => {
        const phone = await connectPhone(scene, cleanUp);
        await phone.client.send(`<inactive xmlns='urn:xmpp:csi:0'/>`);
        await fallAsleep(scene, phone);
        await scene.write(phone.client.jid, 'while asleep');
        await waitFor('the text', () => readPushes(scene, phone).some(({ body }) => body === phrase));
        assert.equal(await scene.answer(phone.node, 1), 'result');
      });

      test('a phone that sleeps and gets no message is woken before its session ends', async () => {
        const phone = await connectPhone(scene, cleanUp);
        const logged = (words: string) => scene.host.log().split(words).length - 1;
        const [wakeUp, unacknowledged] = [
          `Waking ${phone.client.jid} before session times out`,
          'Notifying client of unacknowledged stanza(s)',
        ];
        const before = { wakeUps: logged(wakeUp), unacknowledged: logged(unacknowledged) };
        await fallAsleep(scene, phone);
        await waitFor('the wake-up', () => logged(wakeUp) > before.wakeUps);
        // One more where the phone had not acknowledged everything when it fell asleep.
        const pushes = 1 + logged(unacknowledged) - before.unacknowledged;
        await waitFor('the push', () => readPushes(scene, phone).length === pushes);
        assert.equal(await scene.answer(phone.node, pushes), 'result');
        assert.deepEqual(readPushes(scene, phone).at(-1), asUpdate);
        assert.doesNotMatch(scene.host.log(), /Timed out waiting for resumption/);
      });

      test('a message in a room is pushed while the session of its member sleeps', async () => {
        const room = new Room(scene.host, 'friends');
        await room.open(scene.bob, 'bob');
        const phone = await connectPhone(scene, cleanUp);
        await room.enter(phone.client, 'alice');
        await fallAsleep(scene, phone);
        await room.say(scene.bob, 'to all of you');
        await waitFor('the text', () => readPushes(scene, phone).some(({ body }) => body === phrase));
      });

      test('a message in a room is pushed to a phone that is away, where it subscribed to the room (MUC/Sub)', async () => {
        const room = new Room(scene.host, 'subscribers');
        await room.open(scene.bob, 'bob');
        const phone = await connectPhone(scene, cleanUp);
        assert.match(await room.subscribe(phone.client, 'alice'), /type="result"/);
        await phone.client.goOffline();
        await room.say(scene.bob, 'to all of you');
        assert.equal(await scene.answer(phone.node, 1), 'result');
        assert.deepEqual(readPushes(scene, phone), [asAlert]);
      });

      test('a message that only its reader can decrypt is pushed as a text is; that somebody types is not', async () => {
        const phone = await connectPhone(scene, cleanUp);
        await phone.client.goOffline();
        await scene.bob.send(
          `<message to='${phone.client.jid}' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`,
        );
        await scene.writeEncrypted(phone.client.jid);
        assert.equal(await scene.answer(phone.node, 1), 'result');
        await scene.settled();
        assert.deepEqual(readPushes(scene, phone), [asAlert]);
      });

      // Its modules start before a component can be attached: the pushes go to s2s, and the errors are ignored.
      test('what it publishes to every registration at its start reaches nobody and costs no registration', async () => {
        const devices: Device[] = [];
        for (let count = 1; count <= 5; count += 1) devices.push(await scene.registerAlice());
        await scene.restartHost();
        await scene.settled();
        assert.deepEqual(
          devices.map(({ node }) => scene.publishes(node).length),
          [0, 0, 0, 0, 0],
        );
        await scene.write(devices[0]!.user, 'after the start');
        for (const device of devices) assert.equal(await scene.answer(device.node, 1), 'result');
      });

      if (server === ejabberd)
        test('what it publishes to every registration when the module starts again while we are attached is answered whole, and costs no registration', async () => {
          const crowd = await registerCrowd(scene.host, crowdSize);
          for (let burst = 1; burst <= 2; burst += 1) {
            await scene.host.restartModule?.('mod_push_keepalive');
            await waitFor(`the pushes of burst ${burst}`, () =>
              crowd.every(({ token }) => scene.pushService.accepted(token).length === burst),
            );
            const answers = await Promise.all(crowd.map(({ node }) => scene.answer(node, burst)));
            assert.deepEqual(
              answers.filter((answer) => answer !== 'result'),
              [],
            );
          }
        });
    },
  );
}

/** Which of the two a stanza goes to is drawn for each; all stages of so many commands at one has a chance of 2^-40. */
const commandsAtMost = 40;

test(
  'two instances behind one ejabberd with domain_balancing: a form asked of one is completed at the other',
  {
    skip: await serverOrSkip(ejabberd24.packages, ejabberd24.release),
  },
  async () => {
    await using cleanUp = new AsyncDisposableStack();
    const folder = mkdtempSync(join(tmpdir(), 'reveille-flow-'));
    cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
    chmodSync(folder, 0o755);
    const database = await createTestDatabase();
    cleanUp.defer(() => database.close());
    const host = await startEjabberd({ root: trixieRoot, balanced: 2 });
    cleanUp.defer(() => host.stop());
    await host.addUser('bob', password);
    const tap = await startTap(host);
    cleanUp.defer(() => tap.close());
    const pushService = await startPushService(folder);
    cleanUp.defer(() => pushService.close());
    const configFile = join(folder, 'reveille.toml');
    writeFileSync(
      configFile,
      `[component]
jid = "${host.componentJid}"
server = "127.0.0.1:${tap.port}"
secret = "${host.componentSecret}"
[database]
url = "${database.url}"
[http]
listen = "127.0.0.1:0"
[providers."${provider}"]
${pushService.providerTable}
`,
    );
    for (let instance = 1; instance <= 2; instance += 1) {
      const reveille = await startReveille(configFile);
      cleanUp.defer(() => reveille.stop().then(() => undefined));
    }
    const bob = await connectClient(host, 'bob', password);
    cleanUp.defer(() => bob.goOffline());
    const stages = () =>
      tap.fromServer.filter(({ stanza }) => stanza.getChild('command') !== undefined).map(({ connection }) => connection);
    const hasCrossed = () => stages().some((connection, index) => index % 2 === 1 && connection !== stages()[index - 1]);
    for (let count = 0; count < commandsAtMost && !hasCrossed(); count += 1) {
      const token = String(count).padStart(64, '0');
      const { status, answer } = await bob.adhoc(host.componentJid, 'register-device', { provider, 'device-token': token });
      assert.deepEqual(status, ['executing', 'completed']);
      assert.match(answer, /var="node"/);
    }
    assert.ok(hasCrossed(), 'no second stage came to the other instance');
  },
);
