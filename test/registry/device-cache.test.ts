import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDeviceCache } from '../../src/registry/devices/cache.ts';
import type { Device, FoundDevice } from '../../src/registry/devices/device.ts';
import { DatabaseUnavailable } from '../../src/registry/registry.ts';
import { everybody, nobody } from './suites/registry-suite.ts';

const node = 'node';

function buildDevice(secondToken: string): Device {
  return { node, owner: 'a@b', provider: 'p', token: 't', secondToken, secret: undefined, note: undefined, registeredAt: new Date(0) };
}

/** A cache whose queries are answered by hand, in the order asked. */
function createScene() {
  const queries: PromiseWithResolvers<Device | undefined>[] = [];
  const cache = createDeviceCache(10, () => {
    const query = Promise.withResolvers<Device | undefined>();
    queries.push(query);
    return query.promise;
  });
  return { cache, queries, ask: (accepts = everybody) => Promise.resolve(cache.lookup(node, 'publisher', accepts)) };
}

for (const change of ['drop', 'doubt'] as const) {
  test(`a query under way when the node changes (${change}) leaves nothing old in the cache`, async () => {
    const { cache, queries, ask } = createScene();
    const early = ask();
    if (change === 'drop') cache.drop(node);
    else cache.doubt();
    const late = ask();
    assert.equal(queries.length, 2, 'who asks after the change gets a query of his own');
    queries[1]!.resolve(buildDevice('new'));
    assert.equal((await late)?.secondToken, 'new');
    queries[0]!.resolve(buildDevice('old'));
    assert.equal((await early)?.secondToken, 'old');
    assert.equal((await ask())?.secondToken, 'new');
    assert.equal(queries.length, 2);
  });
}

test('a refusal found while the node changed is not remembered', async () => {
  const { cache, queries, ask } = createScene();
  const refused = ask(nobody);
  cache.drop(node);
  queries[0]!.resolve(undefined);
  assert.equal(await refused, undefined);
  const again = ask();
  queries[1]!.resolve(buildDevice('new'));
  assert.equal((await again)?.secondToken, 'new');
});

test('a refusal is not remembered when the node changes between the answer and its hearers', async () => {
  for (let turn = 0; turn < 8; turn += 1) {
    const { cache, queries, ask } = createScene();
    const refused = ask(nobody);
    queries[0]!.resolve(buildDevice('old'));
    // Promise jobs run in order: one of these turns stands between the cache and those who wait for it.
    for (let passed = 0; passed < turn; passed += 1) await Promise.resolve();
    cache.drop(node);
    assert.equal(await refused, undefined);
    const again = ask();
    assert.equal(queries.length, 2, `turn ${turn}`);
    queries[1]!.resolve(buildDevice('new'));
    assert.equal((await again)?.secondToken, 'new');
  }
});

test('a query that fails is not remembered, and fails for all who share it', async () => {
  const { queries, ask } = createScene();
  const both = [ask(), ask()];
  assert.equal(queries.length, 1);
  queries[0]!.reject(new Error('down'));
  await Promise.all(both.map((lookup) => assert.rejects(lookup, /down/)));
  const again = ask();
  queries[1]!.resolve(buildDevice('x'));
  assert.ok(await again);
});

test('a device in doubt is asked for again, and used as it was known while the database is away', async () => {
  const { cache, queries, ask } = createScene();
  const first = ask();
  queries[0]!.resolve(buildDevice('known'));
  await first;
  cache.doubt();
  cache.doubt();
  const away = ask();
  const stranger = ask(nobody);
  queries[1]!.reject(new DatabaseUnavailable('away'));
  assert.equal((await away)?.secondToken, 'known');
  await assert.rejects(stranger, DatabaseUnavailable);
  const back = ask();
  queries[2]!.resolve(buildDevice('changed meanwhile'));
  assert.equal((await back)?.secondToken, 'changed meanwhile');
  assert.equal((await ask())?.secondToken, 'changed meanwhile');
  assert.equal(queries.length, 3);
});

test('a device in doubt that turned out to be removed is unknown, also when the database goes away after that', async () => {
  const { cache, queries, ask } = createScene();
  const first = ask();
  queries[0]!.resolve(buildDevice('known'));
  await first;
  cache.doubt();
  const gone = ask();
  queries[1]!.resolve(undefined);
  assert.equal(await gone, undefined);
  cache.doubt();
  const away = ask();
  queries[2]!.reject(new DatabaseUnavailable('away'));
  await assert.rejects(away, DatabaseUnavailable);
});

test('refusals are bounded', async () => {
  let queries = 0;
  const cache = createDeviceCache(10, () => {
    queries += 1;
    return Promise.resolve(undefined);
  });
  for (let i = 0; i < 100_001; i += 1) await cache.lookup(`n${i}`, 'p', nobody);
  queries = 0;
  await cache.lookup('n100000', 'p', nobody);
  assert.equal(queries, 0);
  await cache.lookup('n0', 'p', nobody);
  assert.equal(queries, 1, 'the oldest was forgotten');
});

test('what needs no query is answered at once, what does by a promise', async () => {
  const { cache, queries, ask } = createScene();
  const first = cache.lookup(node, 'publisher', everybody);
  assert.ok(first instanceof Promise);
  queries[0]!.resolve(buildDevice('known'));
  const device = await first;
  assert.deepEqual(cache.lookup(node, 'publisher', everybody), device);
  assert.equal(cache.lookup('n'.repeat(257), 'publisher', everybody), undefined);
  const refused = ask(nobody);
  queries[1]!.resolve(buildDevice('known'));
  assert.equal(await refused, undefined);
  assert.equal(cache.lookup(node, 'publisher', nobody), undefined);
  cache.doubt();
  assert.ok(cache.lookup(node, 'publisher', everybody) instanceof Promise);
});

test('devices behind one node are remembered together, under that node', async () => {
  const devices: readonly Device[] = ['a', 'b', 'c'].map((own) => ({
    ...buildDevice(own),
    node: own,
    behind: node,
    secret: own === 'b' ? '' : undefined,
  }));
  const found: FoundDevice = { ...devices[0]!, companions: devices.slice(1) };
  const cache = createDeviceCache(10, () => Promise.resolve(found));
  await cache.lookup(node, 'publisher', everybody);
  assert.deepEqual(cache.lookup(node, 'publisher', everybody), found);
  assert.deepEqual(
    cache.lookup(node, 'publisher', ({ secret }) => secret === ''),
    { ...devices[1], companions: undefined },
  );
  assert.ok(cache.lookup('a', 'publisher', everybody) instanceof Promise, 'not under their own');
});

test('a device too long to be remembered is asked for each time', async () => {
  let queries = 0;
  const long = { ...buildDevice('known'), note: '節'.repeat(30_000) };
  const cache = createDeviceCache(10, () => {
    queries += 1;
    return Promise.resolve(long);
  });
  for (let i = 0; i < 2; i += 1) assert.deepEqual(await cache.lookup(node, 'publisher', everybody), long);
  assert.equal(queries, 2);
});
