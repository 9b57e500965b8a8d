import { randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { DeferredPush } from '../../../src/registry/deferred/deferred-store.ts';
import type { Device } from '../../../src/registry/devices/device.ts';
import { openRegistry, type OpenRegistry, type OpenRegistryOptions } from '../../../src/registry/open.ts';
import { DatabaseUnavailable } from '../../../src/registry/registry.ts';
import { ask, startServer, type Engine, type TestServer } from '../../helpers/database/postgres.ts';
import { emptyNotification } from '../../../src/push/provider/notification.ts';
import { buildDeferred, fromNow, fullNotification } from './deferred-pushes.ts';
import { assert, buildRegistration, eventually, silent } from './registry-suite.ts';

const leaseMs = 60_000;
const secret = 'the component secret';
const ids = (pushes: readonly Pick<DeferredPush, 'id'>[]): string[] => pushes.map(({ id }) => id);

/** Every promise of the store of waiting pushes, on one engine. */
export function testDeferred(engine: Engine): void {
  let server: TestServer;
  let url: string;
  let registry: OpenRegistry;
  const opened: OpenRegistry[] = [];
  before(async () => {
    server = await startServer(engine);
    url = await server.createDatabase();
  });
  beforeEach(async () => void (registry = await open()));
  afterEach(() => Promise.all(opened.splice(0).map((one) => one.close())));
  after(() => server.close());

  async function open(options: Partial<OpenRegistryOptions> = {}): Promise<OpenRegistry> {
    const one = await openRegistry({ url, dataDir: '/nonexistent', devicesPerOwner: 25, secret, ...options }, silent);
    opened.push(one);
    return one;
  }

  /** A provider that no other test has, so that nobody else's pushes are claimed. */
  async function registerMany(count: number, provider = randomUUID()): Promise<Device[]> {
    return Promise.all(Array.from({ length: count }, () => registry.register(buildRegistration({ provider }))));
  }

  async function registerOne(): Promise<Device> {
    const [device] = await registerMany(1);
    return device!;
  }

  const claim = (device: Pick<Device, 'provider'>, limit = 100, from = registry) => from.deferred.claim(device.provider, limit, leaseMs);

  /** As if all leases had been taken long ago: no test waits for one. */
  const endLeases = (provider: string) =>
    ask(url, `UPDATE deferred SET leased_until = now() - interval '1 s' WHERE provider = '${provider}' AND leased_until IS NOT NULL`);

  test('a push comes back by a claim of any instance exactly as it was put, with its device', async () => {
    const device = await registerOne();
    const pushes = (['call', 'message', 'update'] as const).map((kind, i) =>
      buildDeferred(device, { kind, notification: fullNotification, tries: i, publishedAt: fromNow(-i * 1_000) }),
    );
    await registry.deferred.put(pushes);
    assert.deepEqual(
      await claim(device, 100, await open()),
      pushes.map((push) => ({ ...push, device })),
    );
  });

  test('neither the row nor its columns show what was published', async () => {
    const device = await registerOne();
    await registry.deferred.put([buildDeferred(device, { notification: fullNotification })]);
    const [row] = await ask(url, `SELECT deferred::text || encode(sealed, 'escape') AS all FROM deferred WHERE node = '${device.node}'`);
    for (const shown of ['romeo', Buffer.from('romeo').toString('hex'), 'Wherefore']) assert.ok(!String(row?.['all']).includes(shown));
  });

  test('an earlier push of the same device and kind is replaced, a later one stays in its place', async () => {
    const device = await registerOne();
    const [first, second, third] = [3_000, 2_000, 1_000].map((age) => buildDeferred(device, { publishedAt: fromNow(-age) }));
    await registry.deferred.put([second!]);
    await registry.deferred.put([first!]);
    const other = buildDeferred(device, { kind: 'update', publishedAt: fromNow(-9_000) });
    await registry.deferred.put([other]);
    assert.deepEqual(ids(await claim(device)), ids([second!, other]));
    await registry.deferred.put([third!]);
    assert.deepEqual(ids(await claim(device)), ids([third!]), 'a replaced push keeps no lease');
  });

  test('of several in one batch for one device and kind the newest is kept, of the same millisecond the greatest id', async () => {
    const device = await registerOne();
    const publishedAt = fromNow(-2_000);
    const batch = [fromNow(-5_000), publishedAt, publishedAt, fromNow(-9_000)].map((at) => buildDeferred(device, { publishedAt: at }));
    await registry.deferred.put(batch.toReversed());
    await registry.deferred.put(batch.slice(1, 2));
    assert.deepEqual(ids(await claim(device)), [batch[2]!.id]);
  });

  test('the same push put again changes nothing, not even its lease', async () => {
    const device = await registerOne();
    const push = buildDeferred(device);
    await registry.deferred.put([push]);
    await claim(device);
    await registry.deferred.put([push]);
    assert.deepEqual(await claim(device), []);
  });

  test('a device that is gone waits for nothing and keeps no other push of its batch from being kept', async () => {
    const device = await registerOne();
    const push = buildDeferred(device);
    await registry.deferred.put([buildDeferred({ node: 'gone', provider: device.provider }), push]);
    await registry.deferred.put([]);
    assert.deepEqual(ids(await claim(device)), [push.id]);
  });

  test('what a device waits for goes with the device, however it goes', async () => {
    const [unregistered, forgotten, removed, kept] = await registerMany(4);
    await registry.deferred.put([unregistered!, forgotten!, removed!, kept!].map((device) => buildDeferred(device)));
    await registry.unregister(unregistered!);
    await registry.forget(forgotten!.provider, forgotten!.token, fromNow(60_000));
    await registry.remove({ node: removed!.node }, 1);
    const left = await claim(kept!);
    assert.deepEqual(
      left.map(({ node }) => node),
      [kept!.node],
    );
    assert.equal((await registry.deferred.backlog()).get(kept!.provider)?.count, 1);
  });

  test('calls are claimed first, then what was published last, and not more than asked for', async () => {
    const devices = await registerMany(6);
    const pushes = devices.map((device, i) =>
      buildDeferred(device, { kind: i >= 4 ? 'call' : i % 2 === 0 ? 'message' : 'update', publishedAt: fromNow(-1_000 * (10 + i)) }),
    );
    await registry.deferred.put(pushes);
    const order = ids([pushes[4]!, pushes[5]!, pushes[0]!, pushes[1]!, pushes[2]!, pushes[3]!]);
    assert.deepEqual(ids(await claim(devices[0]!, 4)), order.slice(0, 4));
    assert.deepEqual(ids(await claim(devices[0]!)), order.slice(4));
  });

  test('what is not due yet, on lease, or of another provider is not claimed', async () => {
    const [early, due] = await registerMany(2);
    const other = await registerOne();
    await registry.deferred.put([buildDeferred(early!, { notBefore: fromNow(leaseMs) }), buildDeferred(due!), buildDeferred(other)]);
    assert.deepEqual(
      (await claim(due!)).map(({ node }) => node),
      [due!.node],
    );
    assert.deepEqual(await claim(due!), []);
  });

  test('all that one device waits for can be claimed, due or not, but not what is on lease', async () => {
    const [device, other] = await registerMany(2);
    const later = { notBefore: fromNow(leaseMs) };
    const [call, message] = [buildDeferred(device!, { kind: 'call' }), buildDeferred(device!, { kind: 'message', ...later })];
    await registry.deferred.put([call, message, buildDeferred(other!)]);
    assert.deepEqual(
      await registry.deferred.claimOf(device!.node, leaseMs),
      [call, message].map((push) => ({ ...push, device })),
    );
    assert.deepEqual(await registry.deferred.claimOf(device!.node, leaseMs), []);
    assert.deepEqual(await registry.deferred.claimOf('nobody', leaseMs), []);
    assert.equal((await claim(other!)).length, 1);
  });

  test('a lease that ends makes a push claimable again', async () => {
    const device = await registerOne();
    const push = buildDeferred(device);
    await registry.deferred.put([push]);
    assert.equal((await registry.deferred.claim(device.provider, 1, 50)).length, 1);
    await eventually(async () => (await claim(device)).length === 1, 'the end of a lease of 50 ms');
    await endLeases(device.provider);
    assert.deepEqual(ids(await claim(device)), [push.id]);
  });

  test('expired pushes are not kept, not claimed, not counted, and removed by a look at the backlog, which says how many', async () => {
    const [late, claimed, counted] = await registerMany(3);
    const others = await registerOne();
    await registry.deferred.put([buildDeferred(late!, { expiresAt: fromNow(-1) })]);
    await registry.deferred.put([buildDeferred(claimed!), buildDeferred(counted!), buildDeferred(others)]);
    const expire = (node: string) => ask(url, `UPDATE deferred SET expires_at = now() WHERE node = '${node}'`);
    const rows = async (provider: string) => (await ask(url, `SELECT node FROM deferred WHERE provider = '${provider}'`)).length;
    await expire(claimed!.node);
    assert.deepEqual(
      (await claim(claimed!)).map(({ node }) => node),
      [counted!.node],
    );
    await expire(others.node);
    const backlog = await registry.deferred.backlog();
    assert.deepEqual([backlog.get(others.provider)?.count, backlog.get(others.provider)?.expired], [0, 1]);
    assert.deepEqual([backlog.get(claimed!.provider)?.count, backlog.get(claimed!.provider)?.expired], [1, 1]);
    assert.equal(await rows(claimed!.provider), 1);
    assert.equal(await rows(others.provider), 0, 'though nobody claims for a provider that is no longer configured');
  });

  test('a settled push is gone, but not the newer one that took its place', async () => {
    const [one, other] = await registerMany(2);
    const [done, replaced] = [buildDeferred(one!), buildDeferred(other!)];
    await registry.deferred.put([done, replaced]);
    await claim(one!);
    const newer = buildDeferred(other!, { publishedAt: fromNow(0) });
    await registry.deferred.put([newer]);
    await registry.deferred.settle([done, replaced]);
    await registry.deferred.settle([]);
    await endLeases(one!.provider);
    assert.deepEqual(ids(await claim(one!)), [newer.id]);
  });

  test('a postponed push waits for its moment without a lease, and a newer one in its place is left as it is', async () => {
    const [soon, later, replaced] = await registerMany(3);
    const pushes = [soon!, later!, replaced!].map((device) => buildDeferred(device));
    await registry.deferred.put(pushes);
    await claim(soon!);
    const newer = buildDeferred(replaced!, { publishedAt: fromNow(0), tries: 0 });
    await registry.deferred.put([newer]);
    const notBefore = [fromNow(-10), fromNow(leaseMs), fromNow(leaseMs)];
    await registry.deferred.postpone(pushes.map((push, i) => ({ ...push, notBefore: notBefore[i]!, tries: 7 })));
    await registry.deferred.postpone([]);
    const again = await claim(soon!);
    assert.deepEqual(
      again.map(({ id, tries, notBefore: at }) => ({ id, tries, at })),
      [
        { id: newer.id, tries: 0, at: newer.notBefore },
        { id: pushes[0]!.id, tries: 7, at: notBefore[0] },
      ],
    );
  });

  test('a push delivered without waiting removes what was published before it, and nothing else', async () => {
    const [older, newer, same, justBefore] = await registerMany(4);
    const publishedAt = fromNow(-2_000);
    const atOnce = buildDeferred(justBefore!, { publishedAt });
    const delivered = { id: buildDeferred(same!).id, kind: 'message', publishedAt } as const;
    const kept = [
      buildDeferred(newer!, { publishedAt: fromNow(-1_000) }),
      buildDeferred(same!, { publishedAt }),
      buildDeferred(older!, { kind: 'update', publishedAt: fromNow(-4_000) }),
    ];
    await registry.deferred.put([buildDeferred(older!, { publishedAt: fromNow(-3_000) }), atOnce, ...kept]);
    await registry.deferred.supersede([older!, newer!, same!, justBefore!].map(({ node }) => ({ node, ...delivered })));
    await registry.deferred.supersede([]);
    assert.deepEqual(ids(await claim(older!)), ids(kept));
  });

  test('the backlog tells what waits for each provider and for how long the oldest has', async () => {
    const [one, other] = await registerMany(2);
    await registry.deferred.put([buildDeferred(one!, { publishedAt: fromNow(-600_000) }), buildDeferred(other!)]);
    await claim(one!, 1);
    const backlog = (await registry.deferred.backlog()).get(one!.provider);
    assert.equal(backlog?.count, 2);
    assert.ok(backlog.oldestSeconds >= 600 && backlog.oldestSeconds < 700, String(backlog.oldestSeconds));
    assert.equal((await registry.deferred.backlog()).get('nobody'), undefined);
  });

  test('beyond its bound a provider loses what expires first, but no call, and no other provider loses anything', async () => {
    const small = await open({ deferredPerProvider: 10 });
    const devices = await registerMany(15);
    const other = await registerMany(9);
    await small.deferred.put(other.map((device) => buildDeferred(device)));
    const pushes = devices.map((device, i) =>
      buildDeferred(device, { expiresAt: fromNow(1_000_000 + i * 1_000), kind: i === 0 ? 'call' : 'message' }),
    );
    for (const push of pushes) await small.deferred.put([push]);
    await eventually(async () => (await small.deferred.backlog()).get(devices[0]!.provider)?.count === 10, 'ten are left');
    const left = new Set(ids(await claim(devices[0]!)));
    assert.deepEqual(left, new Set(ids([pushes[0]!, ...pushes.slice(6)])));
    assert.equal((await small.deferred.backlog()).get(other[0]!.provider)?.count, 9);
  });

  test('with another component secret the device is still woken, without what was published', async () => {
    const device = await registerOne();
    const kinds = ['call', 'message', 'update'] as const;
    await registry.deferred.put(kinds.map((kind) => buildDeferred(device, { kind, notification: fullNotification })));
    const claimed = await claim(device, 100, await open({ secret: 'another secret' }));
    assert.deepEqual(
      new Map(claimed.map(({ kind, notification }) => [kind, notification])),
      new Map(kinds.map((kind) => [kind, { ...emptyNotification, priority: kind === 'update' ? 'low' : 'high' }])),
    );
  });

  test('a content moved to another row is not taken for that one', async () => {
    const [one, other] = await registerMany(2);
    await registry.deferred.put([buildDeferred(one!, { notification: fullNotification }), buildDeferred(other!)]);
    await ask(url, `UPDATE deferred SET sealed = (SELECT sealed FROM deferred WHERE node = '${one!.node}') WHERE node = '${other!.node}'`);
    const moved = (await claim(other!)).find(({ node }) => node === other!.node);
    assert.deepEqual(moved?.notification, { ...emptyNotification, priority: 'high' });
  });

  test('thousands that are not due, in front of all others, keep nothing that is due from being claimed', async () => {
    const devices = await registerMany(12);
    const { provider } = devices[0]!;
    await ask(
      url,
      `WITH made AS (
        INSERT INTO devices (node, owner, provider, token, token_key)
        SELECT '${provider}' || n, n || '@${provider}', '${provider}', n::text, sha256(n::text::bytea) FROM generate_series(1, 12000) AS n RETURNING node
      ) SELECT count(*) FROM made`,
    );
    await ask(
      url,
      `INSERT INTO deferred (node, kind, provider, id, sealed, published_at, expires_at, not_before, tries)
       SELECT node, 'message', provider, gen_random_uuid(), '', now(), now() + interval '1 h', now() + interval '1 h', 0
       FROM devices WHERE provider = '${provider}' AND owner LIKE '%@${provider}'`,
    );
    const pushes = devices.map((device, i) =>
      buildDeferred(device, { kind: i === 11 ? 'call' : 'message', publishedAt: fromNow(-60_000 - i * 1_000) }),
    );
    await registry.deferred.put(pushes);
    const claimed = [...(await claim(devices[0]!, 5)), ...(await claim(devices[0]!, 100))];
    assert.deepEqual(ids(claimed), ids([pushes[11]!, ...pushes.slice(0, 11)]));
    assert.deepEqual(await claim(devices[0]!), []);
  });

  test('two instances that put and claim the same devices at once lose nothing, share nothing and never deadlock', async () => {
    const devices = await registerMany(200);
    const stores = [registry.deferred, (await open()).deferred, (await open()).deferred];
    const newest = new Map<string, DeferredPush>();
    const rounds = Array.from({ length: 30 }, (_, round) =>
      [...devices].sort(() => Math.random() - 0.5).map((device) => buildDeferred(device, { publishedAt: fromNow(-10_000 + round * 10) })),
    );
    for (const push of rounds.flat()) newest.set(push.node, push);
    await Promise.all(
      rounds.map(async (batch, i) => {
        await stores[i % 3]!.put(batch);
        const claimed = await stores[(i + 1) % 3]!.claim(batch[0]!.provider, 50, leaseMs);
        await stores[i % 3]!.settle(claimed.slice(0, 10));
        await stores[i % 3]!.postpone(claimed.slice(10, 20).map((push) => ({ ...push, notBefore: fromNow(-5) })));
        await stores[i % 3]!.supersede(claimed.slice(20).map((push) => ({ ...push, publishedAt: fromNow(-20_000) })));
      }),
    );
    // What was claimed and settled while it was the newest is the only thing that may be missing: put the newest again.
    await registry.deferred.put([...newest.values()]);
    await endLeases(devices[0]!.provider);
    const parts = await Promise.all(
      stores.flatMap((store) => [store, store]).map((store) => store.claim(devices[0]!.provider, 50, leaseMs)),
    );
    const claimed = parts.flat();
    assert.deepEqual(new Set(ids(claimed)), new Set(ids([...newest.values()])));
    assert.equal(claimed.length, 200, 'nothing is claimed twice');
  });

  test('devices that are removed by the hundred while pushes are put for them undo nothing', async () => {
    const devices = await registerMany(400);
    const { provider } = devices[0]!;
    const other = await open();
    const puts = Array.from({ length: 20 }, (_, i) =>
      (i % 2 === 0 ? registry : other).deferred.put([...devices].sort(() => Math.random() - 0.5).map((device) => buildDeferred(device))),
    );
    const removeSome = async () => {
      for (let i = 0; i < 4; i += 1) await other.remove({ provider }, 50);
    };
    await Promise.all([...puts, removeSome()]);
    const kept = (await registry.list({ provider }, { limit: 1_000 })).map(({ node }) => node);
    assert.equal(kept.length, 200);
    assert.deepEqual(new Set((await claim(devices[0]!, 1_000)).map(({ node }) => node)), new Set(kept));
  });

  test('an instance whose clock is an hour wrong neither delays a push nor lets it expire, and keeps the order of publishes', async (context) => {
    const [early, late] = await registerMany(2);
    const put = async (device: Device, skewMs: number) => {
      const skewed = performance.now() + skewMs;
      const steady = context.mock.method(performance, 'now', () => skewed);
      context.mock.timers.enable({ apis: ['Date'], now: Date.now() + skewMs });
      const push = buildDeferred(device, { expiresAt: fromNow(30_000) });
      // The clock is read when the statement is written.
      await registry.deferred.put([push]);
      context.mock.timers.reset();
      steady.mock.restore();
      return push;
    };
    await put(early!, -3_600_000);
    const ahead = await put(late!, 3_600_000);
    const claimed = await claim(late!);
    assert.equal(claimed.length, 2);
    for (const { expiresAt } of claimed) assert.ok(Math.abs(expiresAt.getTime() - Date.now() - 30_000) < 20_000, String(expiresAt));
    const right = buildDeferred(late!, { publishedAt: fromNow(60_000) });
    await registry.deferred.put([right]);
    assert.deepEqual(ids(await claim(late!)), [right.id], `published after ${ahead.id}`);
  });

  test('while the database is down everything rejects as unavailable, and nothing acknowledged before is lost', async () => {
    const own = await startServer(engine);
    const away = await openRegistry({ url: await own.createDatabase(), dataDir: '/nonexistent', devicesPerOwner: 25, secret }, silent);
    try {
      const push = buildDeferred(await away.register(buildRegistration()));
      await away.deferred.put([push]);
      await own.stop();
      const { deferred } = away;
      for (const asked of [
        () => deferred.put([push]),
        () => deferred.claim(push.provider, 1, leaseMs),
        () => deferred.settle([push]),
        () => deferred.postpone([push]),
        () => deferred.supersede([push]),
        () => deferred.backlog(),
      ])
        await assert.rejects(asked(), DatabaseUnavailable);
      await own.start();
      assert.deepEqual(ids(await deferred.claim(push.provider, 1, leaseMs)), [push.id]);
    } finally {
      await away.close();
      await own.close();
    }
  });
}
