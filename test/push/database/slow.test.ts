import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from 'pg';
import { startDatabaseProxy, type DatabaseProxy } from '../../helpers/database/proxy.ts';
import { serveDebian, withoutDebian } from '../../helpers/database/debian.ts';
import { countSessions, temporary, withDatabaseScene, type DatabaseScene } from './scene.ts';

const shared = serveDebian();
/** Ten for queries, two that listen. */
const mostSessions = 12;
const crowd = 1_000;

/** The program is asked for unknown nodes faster than the database can answer; settles with what it said. */
async function crowdOf(scene: DatabaseScene): Promise<ReadonlySet<string>> {
  return new Set(await Promise.all(Array.from({ length: crowd }, scene.askUnknown)));
}

async function throughProxy(use: (scene: DatabaseScene, proxy: DatabaseProxy) => Promise<void>): Promise<void> {
  const proxy = await startDatabaseProxy(await shared().createDatabase());
  try {
    await withDatabaseScene(proxy.url, (scene) => use(scene, proxy));
  } finally {
    await proxy.close();
  }
}

test(
  'tables locked by somebody else: pushes to known devices do not wait for them, and a crowd of others neither piles up nor stays unanswered',
  { skip: withoutDebian },
  async () => {
    const url = await shared().createDatabase();
    await withDatabaseScene(url, async (scene) => {
      const other = new Client({ connectionString: url });
      await other.connect();
      try {
        await other.query('BEGIN; LOCK TABLE devices, deferred IN ACCESS EXCLUSIVE MODE');
        const crowded = crowdOf(scene);
        // The lock ends after all that follows, so nothing here waited for it.
        await scene.showFlow();
        await Promise.all([scene.showNoRegistration(), crowded]);
        assert.deepEqual(await crowded, new Set([temporary]));
        await scene.showNoDeferral();
        await scene.showFlow();
        assert.ok((await countSessions(url)) <= mostSessions);
      } finally {
        await other.end();
      }
      await scene.untilHealed();
    });
  },
);

test(
  'a database that takes seconds for each answer: pushes to known devices do not wait for it, others are answered in time',
  { skip: withoutDebian },
  () =>
    throughProxy(async (scene, proxy) => {
      proxy.delay(3_000);
      const crowded = crowdOf(scene);
      let isCrowdAnswered = false;
      void crowded.then(() => (isCrowdAnswered = true));
      for (let round = 0; round < 10; round += 1) await scene.showFlow();
      assert.equal(isCrowdAnswered, false, 'all this while the crowd waited');
      for (const answer of await crowded) assert.ok([temporary, 'cancel/item-not-found'].includes(answer), answer);
      assert.ok(proxy.connections <= 2 * mostSessions, `${proxy.connections} connections`);
      await scene.showFlow();
      proxy.thaw();
      await scene.untilHealed();
    }),
);

test('a database that falls silent without closing its connections is like one that is gone', { skip: withoutDebian }, () =>
  throughProxy(async (scene, proxy) => {
    proxy.freeze();
    const crowded = crowdOf(scene);
    await scene.showFlow();
    await Promise.all([scene.showNoRegistration(), crowded]);
    assert.deepEqual(await crowded, new Set([temporary]));
    await scene.showNoDeferral();
    await scene.showFlow();
    proxy.thaw();
    await scene.untilHealed();
  }),
);
