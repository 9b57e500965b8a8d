import { after, before, test } from 'node:test';
import type { Device } from '../../../src/registry/devices/device.ts';
import type { DeviceFilter, ListedDevice, Registry } from '../../../src/registry/registry.ts';
import { ask, startServer, type Engine, type TestServer } from '../../helpers/database/postgres.ts';
import { assert, buildRegistration, eventually, find, openCounted, type CountedRegistry } from './registry-suite.ts';

const accounts = ['anna@one.example', 'bob@one.example', 'carol@two.example'];
const providers = ['apns', 'fcm'];

/** What listing, counting and removing promise to administrators, on one engine. */
export function testQueries(engine: Engine): void {
  let server: TestServer;
  let registry: CountedRegistry;
  let devices: readonly Device[];

  before(async () => {
    server = await startServer(engine);
    registry = await openCounted(await server.createDatabase());
    devices = await registerAll(registry);
  });
  after(async () => {
    await registry.close();
    await server.close();
  });

  const listed = async (filter: DeviceFilter): Promise<string[]> =>
    (await registry.list(filter, { limit: 100 })).map(({ owner, provider }) => `${owner} ${provider}`);

  test('devices are listed by owner and provider, with when they were last used', async () => {
    const all = await registry.list({}, { limit: 100 });
    assert.deepEqual(
      all.map(({ node }) => node),
      devices.map(({ node }) => node),
    );
    const [{ usedAt, ...first }] = all as readonly [ListedDevice];
    assert.deepEqual(first, devices[0]);
    assert.ok(usedAt instanceof Date);
  });

  test('each condition narrows the list, and all hold together', async () => {
    assert.deepEqual(await listed({ owner: 'anna@one.example' }), ['anna@one.example apns', 'anna@one.example fcm']);
    assert.deepEqual(await listed({ domain: 'two.example' }), ['carol@two.example apns', 'carol@two.example fcm']);
    assert.deepEqual(await listed({ domain: 'one.example', provider: 'fcm' }), ['anna@one.example fcm', 'bob@one.example fcm']);
    assert.deepEqual(await listed({ node: devices[3]!.node }), ['bob@one.example fcm']);
    assert.deepEqual(await listed({ node: devices[3]!.node, provider: 'apns' }), []);
    assert.deepEqual(await listed({ domain: 'example' }), []);
    assert.deepEqual(await listed({ owner: 'anna@one.example\0' }), []);
  });

  test('a token is found at its provider, however it is spelled', async () => {
    const [{ owner, provider, token }] = devices as readonly [Device];
    const owners = async (filter: DeviceFilter) => (await registry.list(filter, { limit: 100 })).map((device) => device.owner);
    assert.deepEqual(await owners({ provider, token }), [owner]);
    assert.deepEqual(await owners({ provider: 'nobody', token }), []);
    assert.deepEqual(await owners({ provider, token: `${token}x` }), []);
    const hex = 'ABCDEF01'.repeat(8);
    await registry.register({ owner: 'zoe@hex.example', provider, token: hex, secondToken: undefined });
    assert.deepEqual(await owners({ provider, token: hex.toLowerCase() }), ['zoe@hex.example']);
    await registry.remove({ domain: 'hex.example' }, 1);
  });

  test('pages follow each other without a gap or a repetition', async () => {
    const found: Device[] = [];
    for (let page; page === undefined || page.length === 2;) {
      page = await registry.list({}, { limit: 2, after: found.at(-1) });
      found.push(...page);
    }
    assert.deepEqual(
      found.map(({ node }) => node),
      devices.map(({ node }) => node),
    );
  });

  test('devices are counted per provider, all or by a filter', async () => {
    assert.deepEqual(Object.fromEntries(await registry.count()), { apns: 3, fcm: 3 });
    assert.deepEqual(Object.fromEntries(await registry.count({ domain: 'one.example' })), { apns: 2, fcm: 2 });
    assert.deepEqual(Object.fromEntries(await registry.count({ owner: 'carol@two.example', provider: 'fcm' })), { fcm: 1 });
    assert.deepEqual(Object.fromEntries(await registry.count({ owner: 'nobody@one.example' })), {});
  });

  test('devices are counted per domain, the largest first and no more than are asked for', async () => {
    const extra = await registerAll(registry, ['more@two.example']);
    assert.deepEqual([...(await registry.countDomains(20))], [['one.example', 4], ['two.example', 2 + extra.length]].toSorted((a, b) => Number(b[1]) - Number(a[1]))); // prettier-ignore
    assert.equal((await registry.countDomains(1)).size, 1);
    await registry.remove({ owner: 'more@two.example' }, 100);
  });

  test('a filter without a condition removes nothing', async () => {
    await assert.rejects(registry.remove({}, 100), RangeError);
    await assert.rejects(registry.remove({ owner: undefined }, 100), RangeError);
    assert.equal((await registry.list({}, { limit: 100 })).length, devices.length);
  });

  test('removing goes in batches, returns what is gone, and every instance hears of it', async () => {
    const domain = 'gone.example';
    const doomed = await registerAll(
      registry,
      ['dave', 'erin', 'frank'].map((name) => `${name}@${domain}`),
    );
    const other = await openCounted(registry.url);
    try {
      for (const device of doomed) await find(other, device);
      const first = await registry.remove({ domain }, 4);
      const rest = await registry.remove({ domain }, 4);
      assert.deepEqual([first.length, rest.length], [4, 2]);
      assert.deepEqual(nodesOf([...first, ...rest]), nodesOf(doomed));
      for (const device of doomed) {
        assert.equal(await find(registry, device), undefined);
        await eventually(async () => (await find(other, device)) === undefined, 'the other instance hears');
      }
      assert.equal((await registry.list({}, { limit: 100 })).length, devices.length);
    } finally {
      await other.close();
    }
  });

  test('several removals at once share the devices: none returns fewer than there are', async () => {
    const domain = 'crowded.example';
    const doomed = await registerAll(
      registry,
      Array.from({ length: 12 }, (_, i) => `user${i}@${domain}`),
    );
    const batches = await Promise.all(doomed.map(() => registry.remove({ domain }, 2)));
    assert.deepEqual(nodesOf(batches.flat()), nodesOf(doomed));
    assert.ok(
      batches.every(({ length }) => length % 2 === 0),
      batches.map(({ length }) => length).join(),
    );
  });

  test('a device is removed by its node alone, and everything only by the word all', async () => {
    const [doomed] = await registerAll(registry, ['dave@gone.example']);
    assert.deepEqual(await registry.remove({ node: doomed!.node }, 10), [doomed]);
    const url = await server.createDatabase();
    const another = await openCounted(url);
    try {
      await registerAll(another);
      assert.equal((await another.remove('all', 100)).length, 6);
      assert.deepEqual(await another.list({}, { limit: 100 }), []);
    } finally {
      await another.close();
    }
  });

  test('a question about a domain is answered from its index', async () => {
    const url = `${registry.url}${registry.url.includes('?') ? '&' : '?'}options=${encodeURIComponent('-c enable_seqscan=off')}`;
    const plan = await ask(url, `EXPLAIN SELECT node FROM devices WHERE substr(owner, strpos(owner, '@') + 1) = 'two.example'`);
    assert.match(JSON.stringify(plan), /devices_owner_domain/);
  });
}

/** One device of each owner and provider, in the order of a list. */
async function registerAll(registry: Registry, owners: readonly string[] = accounts): Promise<readonly Device[]> {
  const devices: Device[] = [];
  for (const owner of owners)
    for (const provider of providers) devices.push(await registry.register(buildRegistration({ owner, provider })));
  return devices;
}

function nodesOf(devices: readonly Device[]): readonly string[] {
  return devices.map(({ node }) => node).sort();
}
