import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ejabberd } from '../servers/real-servers.ts';
import { serverOrSkip } from '../servers/server-or-skip.ts';
import { openScene } from './stage/open-scene.ts';
import type { Scene } from './stage/scene.ts';
import { provider } from './stage/stanzas.ts';

/** ejabberd takes one of two connections at random: all over the same one has a chance of 2^-39. */
const messages = 40;
const roundsAtMost = 40;

describe('two connections to ejabberd', { skip: await serverOrSkip(ejabberd.packages) }, () => {
  const cleanUp = new AsyncDisposableStack();
  let scene: Scene;
  before(async () => (scene = await openScene(ejabberd, cleanUp, { connections: 2 })));
  after(() => cleanUp.disposeAsync());

  test('pushes arrive over both', async () => {
    const { node, token, user } = await scene.registerAlice();
    for (let count = 1; count <= messages; count += 1) await scene.write(user);
    for (let count = 1; count <= messages; count += 1) assert.equal(await scene.answer(node, count), 'result');
    assert.equal(new Set(scene.publishes(node).map(({ connection }) => connection)).size, 2);
    assert.equal(scene.pushService.asked(token).length, messages);
  });

  test('a command whose second stage arrives over the other connection completes', async () => {
    for (let round = 0; round < roundsAtMost && !hasCrossed(scene); round += 1) {
      const token = String(round).padStart(64, '0');
      const { status } = await scene.bob.adhoc(scene.host.componentJid, 'register-device', { provider, 'device-token': token });
      assert.deepEqual(status, ['executing', 'completed']);
    }
    assert.ok(hasCrossed(scene), 'no second stage came over the other connection');
  });
});

function hasCrossed(scene: Scene): boolean {
  const stages = scene.tap.fromServer.filter(
    ({ stanza }) => stanza.getChild('command') !== undefined && stanza.attrs['from'] === scene.bob.jid,
  );
  return stages.some(({ connection }, index) => index % 2 === 1 && connection !== stages[index - 1]?.connection);
}
