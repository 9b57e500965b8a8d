import assert from 'node:assert/strict';
import { createDecipheriv, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '../../helpers/wait-for.ts';
import { prosody, prosody13 } from '../../servers/real-servers.ts';
import { serverOrSkip } from '../../servers/server-or-skip.ts';
import { openScene } from '../stage/open-scene.ts';
import { connectPhone, fallAsleep, readPushes } from './stage/phone.ts';
import { Room } from './stage/room.ts';
import { randomToken, type Scene } from '../stage/scene.ts';
import { commandFields, parseStanza, registerDevice } from '../stage/stanzas.ts';

const tagBytes = 16;

/** Alice's app registers and enables push with what it asks of the server, as Siskin IM does; then she goes away. */
async function registerAsking(scene: Scene, asking: string): Promise<{ readonly token: string; readonly node: string }> {
  const token = randomToken();
  const alice = await scene.logIn('alice');
  const pushKit = `<field var='device-second-token'><value>${token.toLowerCase().split('').reverse().join('')}</value></field></x>`;
  const answer = await alice.iq('set', registerDevice(token).replace('</x>', pushKit), scene.host.componentJid);
  const node = commandFields(parseStanza(answer)).get('node');
  assert.ok(node);
  const enable = `<enable xmlns='urn:xmpp:push:0' jid='${scene.host.componentJid}' node='${node}'>${asking}</enable>`;
  assert.match(await alice.iq('set', enable), /type="result"/);
  await alice.goOffline();
  return { token, node };
}

/** Both tokens of a device are the same one, once backwards. */
const secondOf = (token: string): string => token.toLowerCase().split('').reverse().join('');

function decrypt(key: Buffer, iv: string, payload: string): Record<string, unknown> {
  const bytes = Buffer.from(payload, 'base64');
  const cipher = createDecipheriv('aes-128-gcm', key, Buffer.from(iv, 'base64'));
  cipher.setAuthTag(bytes.subarray(-tagBytes));
  return JSON.parse(Buffer.concat([cipher.update(bytes.subarray(0, -tagBytes)), cipher.final()]).toString()) as Record<string, unknown>;
}

describe('what Siskin IM asks of Prosody 13.0', { skip: await serverOrSkip(prosody13.packages, prosody13.release) }, () => {
  const cleanUp = new AsyncDisposableStack();
  const key = randomBytes(16);
  const encrypt = `<encrypt xmlns='tigase:push:encrypt:0' alg='aes-128-gcm' max-size='3072'>${key.toString('base64')}</encrypt>`;
  const priority = `<priority xmlns='tigase:push:priority:0'/>`;
  let scene: Scene;
  before(async () => {
    scene = await openScene(prosody13, cleanUp, { withBody: true, withSender: true, modules: ['cloud_notify_extensions'] });
  });
  after(() => cleanUp.disposeAsync());
  const alice = () => `alice@${scene.host.domain}`;

  test('an encrypted push reaches the phone untouched, without body and sender, and its key opens it', async () => {
    const { token, node } = await registerAsking(scene, encrypt + priority);
    await scene.write(alice(), 'Nobody else shall read this');
    assert.equal(await scene.answer(node, 1), 'result');
    const [push] = scene.pushService.accepted(token);
    const { account, encrypted, iv, body, sender } = push?.payload ?? {};
    assert.deepEqual([account, body, sender, push?.pushType], [alice(), undefined, undefined, 'alert']);
    const { unread, ...told } = decrypt(key, String(iv), String(encrypted));
    assert.equal(unread, 1);
    assert.deepEqual(told, { sender: `bob@${scene.host.domain}`, message: 'Nobody else shall read this', type: 'chat' });
  });

  test('an encrypted call reaches PushKit', async () => {
    const { token, node } = await registerAsking(scene, encrypt + priority);
    await scene.bob.send(
      `<message to='${alice()}' type='chat'><propose xmlns='urn:xmpp:jingle-message:0' id='call-1'>` +
        `<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/></propose></message>`,
    );
    assert.equal(await scene.answer(node, 1), 'result');
    assert.deepEqual(scene.pushService.asked(token), []);
    const [call] = scene.pushService.accepted(secondOf(token));
    assert.deepEqual([call?.pushType, call?.topic], ['voip', `${scene.pushService.topic}.voip`]);
    const { type, sid, media } = decrypt(key, String(call?.payload?.['iv']), String(call?.payload?.['encrypted']));
    assert.deepEqual({ type, sid, media }, { type: 'call', sid: 'call-1', media: ['audio'] });
  });

  for (const [what, filter] of [
    ['somebody muted', (jid: string) => `<muted xmlns='tigase:push:filter:muted:0'><item jid='${jid}'/></muted>`],
    ['a stranger', () => `<ignore-unknown xmlns='tigase:push:filter:ignore-unknown:0'/>`],
  ] as const) {
    test(`a message from ${what} makes no push`, async () => {
      const { token, node } = await registerAsking(scene, filter(`bob@${scene.host.domain}`));
      const other = await registerAsking(scene, '');
      await scene.write(alice());
      assert.equal(await scene.answer(other.node, 1), 'result');
      await scene.settled();
      assert.deepEqual([scene.publishes(node).length, scene.pushService.asked(token)], [0, []]);
    });
  }
});

const phrase = 'Something for you';
const asAlert = { pushType: 'alert', sender: undefined, body: phrase };

for (const server of [prosody, prosody13]) {
  describe(
    `phones behind ${server.name}, which keeps texts and senders to itself`,
    {
      skip: await serverOrSkip(server.packages, server.release),
    },
    () => {
      const cleanUp = new AsyncDisposableStack();
      let scene: Scene;
      before(async () => {
        scene = await openScene(server, cleanUp, { importantBody: phrase, rooms: true, modules: ['smacks', 'csi', 'csi_simple'] });
      });
      after(() => cleanUp.disposeAsync());

      test('an inactive client that is connected is not pushed to; once its network is gone the session sleeps, and it is', async () => {
        const phone = await connectPhone(scene, cleanUp);
        await phone.client.send(`<inactive xmlns='urn:xmpp:csi:0'/>`);
        // Answered behind it: a message that is being written when it comes would be held back.
        await phone.client.iq('get', `<ping xmlns='urn:xmpp:ping'/>`, scene.host.componentJid);
        await scene.write(phone.client.jid, 'while connected');
        await waitFor('the message', () => phone.client.messages.some((message) => message.includes('while connected')));
        assert.deepEqual(scene.publishes(phone.node), []);

        await fallAsleep(scene, phone);
        await scene.write(phone.client.jid, 'while asleep');
        assert.equal(await scene.answer(phone.node, 1), 'result');
        assert.deepEqual(readPushes(scene, phone), [asAlert]);
      });

      test('a message in a room is pushed while the session of its member sleeps; whoever left the room hears nothing', async () => {
        const room = new Room(scene.host, 'friends');
        await room.open(scene.bob, 'bob');
        const phone = await connectPhone(scene, cleanUp);
        await room.enter(phone.client, 'alice');
        await fallAsleep(scene, phone);
        await room.say(scene.bob, 'to all of you');
        assert.equal(await scene.answer(phone.node, 1), 'result');
        assert.deepEqual(readPushes(scene, phone), [asAlert]);

        // Takes the place of the session that sleeps, which leaves the room.
        const next = await connectPhone(scene, cleanUp);
        await next.client.goOffline();
        await room.say(scene.bob, 'to those who are left');
        await scene.write(phone.client.jid);
        assert.equal(await scene.answer(next.node, 1), 'result');
        await scene.settled();
        assert.equal(scene.publishes(next.node).length, 1);
      });

      test('a message that only its reader can decrypt is as important as a text; that somebody types is an update', async () => {
        const phone = await connectPhone(scene, cleanUp);
        await phone.client.goOffline();
        await scene.writeEncrypted(phone.client.jid);
        assert.equal(await scene.answer(phone.node, 1), 'result');
        await scene.bob.send(
          `<message to='${phone.client.jid}' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`,
        );
        assert.equal(await scene.answer(phone.node, 2), 'result');
        assert.deepEqual(readPushes(scene, phone), [asAlert, { pushType: 'background', sender: undefined, body: undefined }]);
      });
    },
  );
}
