import { after, before, test } from 'node:test';
import { ask, startServer, type Engine, type TestServer } from '../../helpers/database/postgres.ts';
import { assert, buildRegistration, everybody, eventually, find, nobody, openCounted, type CountedRegistry } from './registry-suite.ts';

/** What lookups cost, and how instances hear of each other's changes, on one engine. */
export function testCache(engine: Engine): void {
  let server: TestServer;
  let url: string;
  let registry: CountedRegistry;
  let other: CountedRegistry;

  before(async () => {
    server = await startServer(engine);
    url = await server.createDatabase();
    [registry, other] = await Promise.all([openCounted(url), openCounted(url)]);
  });
  after(async () => {
    await Promise.all([registry.close(), other.close()]);
    await server.close();
  });

  async function countQueries(work: () => Promise<unknown>): Promise<number> {
    const before = registry.queries.length;
    await work();
    return registry.queries.length - before;
  }

  test('a known device costs one query the first time and none later', async () => {
    const device = await registry.register(buildRegistration());
    assert.equal(await countQueries(() => find(registry, device)), 1);
    assert.equal(await countQueries(() => find(registry, device)), 0);
  });

  test('an unknown node and a refused publisher cost the same, cached or not', async () => {
    const cached = await registry.register(buildRegistration());
    const uncached = await registry.register(buildRegistration());
    await find(registry, cached);
    for (const node of [cached.node, uncached.node, 'n'.repeat(32)]) {
      const ask = async (): Promise<unknown> => registry.lookup(node, 'stranger.example', nobody);
      assert.equal(await countQueries(ask), 1, `first time, ${node}`);
      assert.equal(await countQueries(ask), 0, `second time, ${node}`);
      assert.equal(await registry.lookup(node, 'stranger.example', nobody), undefined);
      assert.equal(await countQueries(async () => registry.lookup(node, 'another.example', nobody)), 1, 'another publisher');
    }
    assert.equal(await countQueries(() => find(registry, cached)), 0, 'the rightful publisher is not disturbed');
  });

  test('a refused publisher may ask again once the device changed', async () => {
    const registration = buildRegistration({ secret: 'secret' });
    const device = await registry.register(registration);
    const ask = async (): Promise<unknown> => registry.lookup(device.node, 'stranger.example', ({ secret }) => secret === undefined);
    assert.equal(await ask(), undefined);
    await registry.register({ owner: device.owner, provider: device.provider, token: device.token, secondToken: undefined });
    assert.notEqual(await ask(), undefined);
  });

  test('lookups of one node at once share a query', async () => {
    const device = await registry.register(buildRegistration());
    const lookups = (node: string) => () =>
      Promise.all(Array.from({ length: 50 }, async (_, i) => registry.lookup(node, `p${i}`, everybody)));
    assert.equal(await countQueries(lookups(device.node)), 1);
    assert.equal(await countQueries(lookups('u'.repeat(32))), 1);
  });

  test('a node that no registration can have is unknown without a query', async () => {
    assert.equal(await countQueries(async () => registry.lookup('n'.repeat(257), 'example.org', everybody)), 0);
    assert.equal(await countQueries(async () => registry.lookup('a\0b', 'example.org', everybody)), 0);
    assert.equal(await registry.lookup('n'.repeat(257), 'example.org', everybody), undefined);
  });

  test('another instance hears of a renewal, a note, a removal and a dead token', async () => {
    const registration = buildRegistration();
    const device = await registry.register(registration);
    await find(other, device);
    await registry.register({ ...registration, secondToken: 'new' });
    await eventually(async () => (await find(other, device))?.secondToken === 'new', 'the renewal');
    await registry.note(device.node, 'a note');
    await eventually(async () => (await find(other, device))?.note === 'a note', 'the note');
    await registry.unregister(registration);
    await eventually(async () => (await find(other, device)) === undefined, 'the removal');
    const dead = await registry.register(buildRegistration());
    await find(other, dead);
    await registry.forget(dead.provider, dead.token, new Date(Date.now() + 60_000));
    await eventually(async () => (await find(other, dead)) === undefined, 'the dead token');
  });

  test('what happened while the listening connection was lost is seen after it returns', async () => {
    const device = await registry.register(buildRegistration());
    assert.ok(await find(other, device));
    const isListening = `query LIKE 'LISTEN%' AND datname = current_database()`;
    // In one statement list: removed without a notification, and every listener cut off.
    await ask(url, `DELETE FROM devices WHERE node = '${device.node}'`);
    assert.ok(await find(other, device), 'nobody told');
    await ask(url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${isListening}`);
    await eventually(async () => (await find(other, device)) === undefined, 'the cache is emptied');
    await eventually(
      async () => Number((await ask(url, `SELECT count(*) AS n FROM pg_stat_activity WHERE ${isListening}`))[0]?.['n']) === 2,
      'both listen again',
    );
    const next = await registry.register(buildRegistration());
    await find(other, next);
    await registry.unregister(next);
    await eventually(async () => (await find(other, next)) === undefined, 'notifications arrive again');
  });

  test('the cache is bounded, and what fell out is asked again', async () => {
    const small = await openCounted(url, { cacheSize: 2 });
    try {
      const devices = await Promise.all([1, 2, 3].map(() => small.register(buildRegistration())));
      for (const device of devices) await find(small, device);
      small.queries.length = 0;
      await find(small, devices[2]!);
      await find(small, devices[0]!);
      assert.deepEqual(small.queries, ['devices-find']);
    } finally {
      await small.close();
    }
  });
}
