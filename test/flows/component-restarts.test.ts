import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { realServers } from '../servers/real-servers.ts';
import { serverOrSkip } from '../servers/server-or-skip.ts';
import { openScene } from './stage/open-scene.ts';
import type { Device, Scene } from './stage/scene.ts';

for (const server of realServers) {
  describe(`Reveille restarts beside ${server.name}`, { skip: await serverOrSkip(server.packages) }, () => {
    const cleanUp = new AsyncDisposableStack();
    let scene: Scene;
    let device: Device;
    before(async () => {
      scene = await openScene(server, cleanUp);
      device = await scene.registerAlice();
    });
    after(() => cleanUp.disposeAsync());

    const expectNextPush = async () => {
      const count = scene.publishes(device.node).length + 1;
      await scene.write(device.user);
      assert.equal(await scene.answer(device.node, count), 'result');
      assert.equal(scene.pushService.accepted(device.token).length, count);
    };

    test('registrations survive a restart', async () => {
      assert.equal(await scene.reveille.stop(), 0);
      await scene.startReveilleAgain();
      await expectNextPush();
    });

    test('registrations survive kill -9', async () => {
      await scene.reveille.kill();
      await scene.startReveilleAgain();
      await expectNextPush();
    });

    test('the link comes back by itself after the server restarted', async () => {
      await scene.restartHost();
      await expectNextPush();
    });
  });
}
