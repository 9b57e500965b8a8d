import assert from 'node:assert/strict';
import { afterEach, after, before, describe, mock, test } from 'node:test';
import { startServer, type TestServer } from '../../helpers/database/postgres.ts';
import { accepted, unavailable } from '../../helpers/stage-provider.ts';
import { call, countWaiting, message, openScene, type Scene } from './scene.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const hourMs = 3_600_000;

let server: TestServer;
let url: string;
let scene: Scene;

before(async () => {
  server = await startServer('embedded');
});
after(() => server.close());
afterEach(async () => {
  mock.timers.reset();
  await scene.close();
});

async function open(): Promise<Scene> {
  url = await server.createDatabase();
  scene = await openScene(url);
  scene.stage.answer = () => unavailable;
  return scene;
}

/** Only `Date`: the steady clock and the timers go on as they do where a machine's clock is set. */
function setClock(byMs: number): void {
  const now = Date.now() + byMs;
  mock.timers.reset();
  mock.timers.enable({ apis: ['Date'], now });
}

describe('where the clock of the machine is set', () => {
  for (const [howFar, ms] of [
    ['ten seconds', 10_000],
    ['an hour', hourMs],
  ] as const)
    test(`back ${howFar}, the push published after that is still the newer one`, async () => {
      const { stage, publish, device } = await open();
      const node = await device();
      assert.equal(await publish(node, message('before')), 'result');
      setClock(-ms);
      assert.equal(await publish(node, message('after')), 'result');
      stage.answer = () => accepted;
      await waitFor('a push', () => stage.accepted.length > 0);
      await waitFor('an empty outbox', async () => (await countWaiting(url)) === 0);
      assert.deepEqual(
        stage.accepted.map(({ notification }) => notification.body),
        ['after'],
      );
    });

  test('ahead an hour, a waiting call is not taken for expired', async () => {
    const { stage, publish, device } = await open();
    assert.equal(await publish(await device(), call('c1')), 'result');
    setClock(hourMs);
    stage.answer = () => accepted;
    await waitFor('the call', () => stage.accepted.length === 1);
  });

  for (const [way, byMs] of [
    ['ahead', hourMs],
    ['back', -hourMs],
  ] as const)
    test(`${way} an hour, push services are told an end by the clock as it is now`, async () => {
      const { stage, publish, device } = await open();
      assert.equal(await publish(await device(), call('c1')), 'result');
      setClock(byMs);
      stage.answer = () => accepted;
      await waitFor('the call', () => stage.accepted.length === 1);
      const leftMs = (stage.accepted[0]?.expiresAt.getTime() ?? 0) - Date.now();
      assert.ok(leftMs > 0 && leftMs <= 31_000, `${leftMs} ms are left of 30 s`);
    });
});
