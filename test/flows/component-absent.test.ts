import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ejabberd, prosody, type RealServer } from '../servers/real-servers.ts';
import { serverOrSkip } from '../servers/server-or-skip.ts';
import { openScene, type SceneOptions } from './stage/open-scene.ts';

// While the component is away its server answers the publishes itself, and then it is the server's answer that decides.

/** Whether the server still publishes after one message came while Reveille was away. */
async function isKept(server: RealServer, options: SceneOptions = {}): Promise<boolean> {
  await using cleanUp = new AsyncDisposableStack();
  const scene = await openScene(server, cleanUp, options);
  const { node, user } = await scene.registerAlice();
  await scene.reveille.stop();
  await scene.write(user);
  // This answer comes the same way as that to the publish, behind it.
  await scene.settled();
  await scene.startReveilleAgain();
  await scene.write(user);
  await scene.settled();
  return scene.publishes(node).length > 0;
}

test('Prosody keeps the registration of a component that is away', { skip: await serverOrSkip(prosody.packages) }, async () => {
  assert.equal(await isKept(prosody), true);
});

const skip = await serverOrSkip(ejabberd.packages);

test('ejabberd deletes the registration when a message comes while the component is away and its name has no DNS', { skip }, async () => {
  assert.equal(await isKept(ejabberd), false);
});

test('ejabberd keeps it when the name has an address, even if nobody answers there', { skip }, async () => {
  // An address in place of a name is the one record that needs no DNS server.
  assert.equal(await isKept(ejabberd, { componentJid: '127.0.0.2' }), true);
});
