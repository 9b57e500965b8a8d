import assert from 'node:assert/strict';
import { afterEach, after, before, describe, mock, test } from 'node:test';
import { createLog } from '../../../src/log/log.ts';
import { createDeferredStore } from '../../../src/registry/deferred/create-deferred-store.ts';
import type { Database } from '../../../src/registry/postgres/database.ts';
import { createPostgres } from '../../../src/registry/postgres/postgres.ts';
import { ask, startServer, type TestServer } from '../../helpers/database/postgres.ts';
import { accepted, unavailable } from '../../helpers/stage-provider.ts';
import { buildDeferred } from '../../registry/suites/deferred-pushes.ts';
import { call, countWaiting, message, openScene, provider, type Scene } from './scene.ts';
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

test('a statement that waited while its process stood still does not make a push live longer', async (context) => {
  const node = await (await open()).device();
  const log = createLog('silent');
  const database = createPostgres(url, log);
  context.after(() => database.close());
  // What was read before it stood still for 20 s is so much less than what the clock says when the statement goes out.
  const now = performance.now.bind(performance);
  const stopped = context.mock.method(performance, 'now', () => now() - 20_000);
  const waiting: Database = {
    ...database,
    query: async (...statement) => {
      stopped.mock.restore();
      return database.query(...statement);
    },
  };
  const store = createDeferredStore(waiting, {}, log);
  context.after(() => store.close());
  const push = buildDeferred({ node, provider }, { expiresAt: new Date(Date.now() + 30_000), notBefore: new Date(Date.now() + 30_000) });
  await store.put([push]);
  const [row] = await ask(url, 'SELECT expires_at FROM deferred');
  assert.deepEqual(row?.['expires_at'], push.expiresAt);
});
