import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { allServers } from '../servers/real-servers.ts';
import { serverOrSkip } from '../servers/server-or-skip.ts';
import { openScene } from './stage/open-scene.ts';
import type { Scene } from './stage/scene.ts';

/** What is tried of a server that never gives up. */
const enough = 20;

for (const server of allServers) {
  const refusals = Math.min(server.patience, enough);
  const end = server.patience === Infinity ? 'it never gives up' : `it gives up after ${server.patience}`;
  describe(`a dead token behind ${server.name}`, { skip: await serverOrSkip(server.packages, server.release) }, () => {
    const cleanUp = new AsyncDisposableStack();
    let scene: Scene;
    before(async () => (scene = await openScene(server, cleanUp)));
    after(() => cleanUp.disposeAsync());

    test(`the device is removed, the server hears item-not-found, and ${end}`, async () => {
      const { node, token, user } = await scene.registerAlice();
      scene.pushService.declareDead(token);
      for (let count = 1; count <= refusals; count += 1) {
        await scene.write(user);
        assert.equal(await scene.answer(node, count), 'cancel/item-not-found');
        await scene.settled();
      }
      // The first told us; the device was gone by the second, and the push service was not asked again.
      assert.equal(scene.pushService.asked(token).length, 1);

      if (server.patience === Infinity) return;
      for (let extra = 0; extra < 3; extra += 1) await scene.write(user);
      await scene.settled();
      assert.equal(scene.publishes(node).length, server.patience);
    });

    test('a registration made later gets pushes', async () => {
      const { node, token, user } = await scene.registerAlice();
      await scene.write(user);
      assert.equal(await scene.answer(node, 1), 'result');
      assert.equal(scene.pushService.asked(token).length, 1);
    });
  });
}
