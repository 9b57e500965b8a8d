import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ejabberd, prosody } from '../servers/real-servers.ts';
import { serverOrSkip } from '../servers/server-or-skip.ts';
import { openScene } from './open-scene.ts';
import type { Scene } from './scene.ts';

// While the component is away its server answers the publishes itself, and then it is the server's answer that decides.

for (const server of [prosody, ejabberd]) {
  describe(`a message while Reveille is away from ${server.name}`, { skip: await serverOrSkip(server.packages) }, () => {
    const cleanUp = new AsyncDisposableStack();
    let scene: Scene;
    before(async () => (scene = await openScene(server, cleanUp)));
    after(() => cleanUp.disposeAsync());

    const keeps = server === prosody;
    const name = keeps
      ? 'Prosody keeps the registration'
      : 'ejabberd deletes the registration when the component has no address record, so give it one and two connections';

    test(name, async () => {
      const { node, user } = await scene.registerAlice();
      await scene.reveille.stop();
      await scene.write(user);
      await scene.settled();
      await scene.startReveilleAgain();
      await scene.write(user);
      if (keeps) {
        assert.equal(await scene.answer(node, 1), 'result');
      } else {
        await scene.settled();
        assert.equal(scene.publishes(node).length, 0);
      }
    });
  });
}
