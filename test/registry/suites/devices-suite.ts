import { after, before, test } from 'node:test';
import { ask, startServer, type Engine, type TestServer } from '../../helpers/database/postgres.ts';
import { assert, buildRegistration, eventually, find, openCounted, type CountedRegistry } from './registry-suite.ts';

/** What registering, unregistering and forgetting promise, on one engine. */
export function testDevices(engine: Engine): void {
  let server: TestServer;
  let url: string;
  let registry: CountedRegistry;

  before(async () => {
    server = await startServer(engine);
    url = await server.createDatabase();
    registry = await openCounted(url, { devicesPerOwner: 3 });
  });
  after(async () => {
    await registry.close();
    await server.close();
  });

  test('a registered device is found by its node, which has 192 random bits', async () => {
    const registration = buildRegistration({ secondToken: 'second', secret: 's3cret' });
    const device = await registry.register(registration);
    assert.match(device.node, /^[A-Za-z0-9_-]{32}$/);
    assert.deepEqual(device, { ...registration, node: device.node, note: undefined, registeredAt: device.registeredAt });
    assert.deepEqual(await find(registry, device), device);
  });

  test('registering costs one query', async () => {
    const before = registry.queries.length;
    await registry.register(buildRegistration());
    assert.deepEqual(registry.queries.slice(before), ['devices-register']);
  });

  test('registering again keeps the node, replaces the second token, and clears it when absent', async () => {
    const registration = buildRegistration({ secondToken: 'one' });
    const first = await registry.register(registration);
    const second = await registry.register({ ...registration, secondToken: 'two' });
    const third = await registry.register({ ...registration, secondToken: undefined });
    assert.deepEqual([second.node, third.node], [first.node, first.node]);
    assert.deepEqual([second.secondToken, third.secondToken], ['two', undefined]);
    assert.ok(third.registeredAt >= first.registeredAt);
    assert.equal((await find(registry, first))?.secondToken, undefined);
  });

  test('a known device keeps the secret that a server may hold, and loses it when registered without', async () => {
    const registration = buildRegistration({ secret: 'first' });
    assert.equal((await registry.register(registration)).secret, 'first');
    assert.equal((await registry.register({ ...registration, secret: 'second' })).secret, 'first');
    const { owner, provider, token, secondToken } = registration;
    assert.equal((await registry.register({ owner, provider, token, secondToken })).secret, undefined);
    assert.equal((await registry.register({ ...registration, secret: 'third' })).secret, 'third');
  });

  test('a note stays with the device, also when it is registered again, until another takes its place', async () => {
    const registration = buildRegistration();
    const device = await registry.register(registration);
    await registry.note(device.node, 'first');
    assert.equal((await find(registry, device))?.note, 'first');
    assert.equal((await registry.register(registration)).note, 'first');
    await registry.note(device.node, 'second');
    assert.equal((await find(registry, device))?.note, 'second');
    await registry.note('u'.repeat(32), 'nobody is there');
    await assert.rejects(registry.note(device.node, 'x'.repeat(257)));
  });

  test('hexadecimal tokens compare ignoring case, all others exactly', async () => {
    const { owner } = buildRegistration();
    const hex = await registry.register(buildRegistration({ owner, token: 'ABCDEF0123' }));
    const sameHex = await registry.register(buildRegistration({ owner, token: 'abcdef0123' }));
    const text = await registry.register(buildRegistration({ owner, token: 'Token-A' }));
    const otherText = await registry.register(buildRegistration({ owner, token: 'token-a' }));
    assert.equal(sameHex.node, hex.node);
    assert.equal(sameHex.token, 'abcdef0123', 'the token as last sent');
    assert.notEqual(otherText.node, text.node);
    assert.equal(await registry.unregister({ owner, provider: 'apns', token: 'ABCdef0123' }), true);
    assert.equal(await registry.unregister({ owner, provider: 'apns', token: 'TOKEN-A' }), false);
  });

  test('one token may belong to many owners, each with its own node', async () => {
    const registration = buildRegistration();
    const other = buildRegistration({ token: registration.token });
    const devices = [await registry.register(registration), await registry.register(other)];
    assert.notEqual(devices[0]!.node, devices[1]!.node);
    assert.equal(await registry.unregister(registration), true);
    assert.equal(await find(registry, devices[0]!), undefined);
    assert.deepEqual(await find(registry, devices[1]!), devices[1]);
  });

  test('an unknown device is not unregistered, whatever its names contain', async () => {
    assert.equal(await registry.unregister(buildRegistration()), false);
    assert.equal(await registry.unregister(buildRegistration({ owner: 'a\0b', token: '\0' })), false);
    assert.equal(await registry.unregister(buildRegistration({ token: "'; DROP TABLE devices; --" })), false);
  });

  test('a token of many kilobytes registers like any other', async () => {
    const registration = buildRegistration({
      token: Array.from({ length: 9000 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919) % 20000))).join(''),
    });
    const device = await registry.register(registration);
    assert.equal((await find(registry, device))?.token, registration.token);
    assert.equal((await registry.register(registration)).node, device.node);
  });

  test('beyond the limit of devices per owner the one unused longest gives way', async () => {
    const { owner } = buildRegistration();
    const devices = [];
    for (const token of ['a-1', 'a-2', 'a-3']) devices.push(await registry.register(buildRegistration({ owner, token })));
    await find(registry, devices[1]!);
    await registry.register(buildRegistration({ owner, token: 'a-1' }));
    await registry.register(buildRegistration({ owner, token: 'a-4' }));
    assert.ok(await find(registry, devices[0]!), 'was renewed');
    assert.equal(await find(registry, devices[1]!), undefined, 'was unused longest, and leaves the cache as well');
    assert.ok(await find(registry, devices[2]!));
  });

  test('a device that was touched stays while one registered later gives way', async () => {
    const { owner } = buildRegistration();
    const devices = [];
    for (const token of ['u-1', 'u-2', 'u-3']) devices.push(await registry.register(buildRegistration({ owner, token })));
    await ask(url, `UPDATE devices SET used_at = used_at - interval '3 days' WHERE owner = '${owner}'`);
    const touching = await openCounted(url);
    touching.touch(devices[0]!);
    await touching.close();
    await registry.register(buildRegistration({ owner, token: 'u-4' }));
    assert.ok(await find(registry, devices[0]!));
    assert.equal(await find(registry, devices[1]!), undefined);
  });

  test('many registrations of one owner at once end at the limit', async () => {
    const { owner } = buildRegistration();
    const devices = await Promise.all(Array.from({ length: 20 }, () => registry.register(buildRegistration({ owner }))));
    const found = await Promise.all(devices.map((device) => find(registry, device)));
    assert.equal(found.filter((device) => device !== undefined).length, 3);
  });

  test('forget removes the token under every owner, but not where it was registered after it died', async () => {
    const token = `dead-${performance.now()}`;
    const early = await registry.register(buildRegistration({ token }));
    const early2 = await registry.register(buildRegistration({ token }));
    await ask(
      url,
      `UPDATE devices SET registered_at = registered_at - interval '1 hour' WHERE owner IN ('${early.owner}', '${early2.owner}')`,
    );
    const late = await registry.register(buildRegistration({ token }));
    const other = await registry.register(buildRegistration({ token, provider: 'fcm' }));
    const since = new Date(late.registeredAt.getTime() - 1);
    const removed = await registry.forget('apns', token, since);
    assert.deepEqual(removed.map(({ node }) => node).sort(), [early.node, early2.node].sort());
    assert.ok(await find(registry, late));
    assert.ok(await find(registry, other));
    assert.equal(await find(registry, early), undefined);
    const atThatMoment = await registry.forget('apns', token, late.registeredAt);
    assert.deepEqual(atThatMoment, [late]);
  });

  test('forgetting a token of a thousand owners tells every instance', async () => {
    const token = `shared-${performance.now()}`;
    const devices = await Promise.all(Array.from({ length: 1000 }, () => registry.register(buildRegistration({ token }))));
    const other = await openCounted(url);
    try {
      for (const device of devices) await find(other, device);
      const removed = await registry.forget('apns', token, new Date(Date.now() + 60_000));
      assert.equal(removed.length, 1000);
      const first = devices[0]!;
      const last = devices.at(-1)!;
      await eventually(
        async () => (await find(other, first)) === undefined && (await find(other, last)) === undefined,
        'the other instance hears',
      );
    } finally {
      await other.close();
    }
  });

  test('touching a device is written once a day at most', async () => {
    const device = await registry.register(buildRegistration());
    await ask(url, `UPDATE devices SET used_at = used_at - interval '2 days' WHERE node = '${device.node}'`);
    const touching = await openCounted(url);
    for (let i = 0; i < 10; i += 1) touching.touch(device);
    await touching.close();
    assert.deepEqual(touching.queries, ['devices-touch']);
    const [row] = await ask(url, `SELECT used_at > now() - interval '1 minute' AS recent FROM devices WHERE node = '${device.node}'`);
    assert.equal(row?.['recent'], true);
  });

  test('devices are counted per provider', async () => {
    const provider = `counted-${performance.now()}`;
    for (let i = 0; i < 3; i += 1) await registry.register(buildRegistration({ provider }));
    assert.equal((await registry.count()).get(provider), 3);
  });
}
