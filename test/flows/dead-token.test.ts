import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { realServers } from '../servers/real-servers.ts';
import { serverOrSkip } from '../servers/server-or-skip.ts';
import { openScene } from './stage/open-scene.ts';
import type { Scene } from './stage/scene.ts';

for (const server of realServers) {
  describe(`a dead token behind ${server.name}`, { skip: await serverOrSkip(server.packages) }, () => {
    const cleanUp = new AsyncDisposableStack();
    let scene: Scene;
    before(async () => (scene = await openScene(server, cleanUp)));
    after(() => cleanUp.disposeAsync());

    test(`the device is removed, the server hears item-not-found, and it gives up after ${server.patience}`, async () => {
      const { node, token, user } = await scene.registerAlice();
      scene.pushService.declareDead(token);
      for (let count = 1; count <= server.patience; count += 1) {
        await scene.write(user);
        assert.equal(await scene.answer(node, count), 'cancel/item-not-found');
        await scene.settled();
      }
      // The first told us; the device was gone by the second, and the push service was not asked again.
      assert.equal(scene.pushService.asked(token).length, 1);

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
