import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { allServers } from '../servers/real-servers.ts';
import { serverOrSkip } from '../servers/server-or-skip.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { openScene } from './stage/open-scene.ts';
import type { Scene } from './stage/scene.ts';

/** More than Prosody's patience with refusals would bear. */
const failures = 18;

for (const server of allServers) {
  describe(`a push service that is down, behind ${server.name}`, { skip: await serverOrSkip(server.packages, server.release) }, () => {
    const cleanUp = new AsyncDisposableStack();
    let scene: Scene;
    before(async () => (scene = await openScene(server, cleanUp)));
    after(() => cleanUp.disposeAsync());

    test(`${failures} pushes are kept, the server keeps the registration, and later the newest arrives`, async () => {
      const { node, token, user } = await scene.registerAlice();
      scene.pushService.setDown(true);
      for (let count = 1; count <= failures; count += 1) {
        await scene.write(user);
        assert.equal(await scene.answer(node, count), 'result');
      }
      assert.deepEqual(scene.pushService.accepted(token), []);

      scene.pushService.setDown(false);
      await waitFor('the push that waited', () => scene.pushService.accepted(token).length > 0);
      await scene.write(user);
      assert.equal(await scene.answer(node, failures + 1), 'result');
    });
  });
}
