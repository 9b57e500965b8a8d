import { after, before, test } from 'node:test';
import { createTestDatabase } from '../helpers/database/postgres.ts';
import { assert, buildRegistration, eventually, find, openCounted, type CountedRegistry } from './suites/registry-suite.ts';

let database: { url: string; close(): Promise<void> };
let registry: CountedRegistry;
let other: CountedRegistry;

before(async () => {
  database = await createTestDatabase();
  registry = await openCounted(database.url);
  other = await openCounted(database.url);
});
after(async () => {
  await registry.close();
  await other.close();
  await database.close();
});

test('a token is unregistered at whatever provider, for this owner only, and every instance forgets it', async () => {
  const registration = buildRegistration({ token: 'ABCDEF01' });
  const devices = [
    await registry.register(registration),
    await registry.register({ ...registration, provider: 'other' }),
    await registry.register(buildRegistration({ owner: registration.owner })),
    await registry.register(buildRegistration({ token: 'ABCDEF01' })),
  ];
  for (const device of devices) assert.ok(await find(other, device));
  assert.equal(await registry.unregisterToken({ owner: registration.owner, tokens: ['none', 'abcdef01'] }), true);
  const known = await Promise.all(devices.map(async (device) => (await find(registry, device)) !== undefined));
  assert.deepEqual(known, [false, false, true, true]);
  await eventually(async () => (await find(other, devices[0]!)) === undefined, 'the other instance to forget');
  assert.equal(await registry.unregisterToken({ owner: registration.owner, tokens: [registration.token] }), false);
});

test('it is one and the same statement for a known device, a wrong token and an unknown owner', async () => {
  const known = buildRegistration();
  await registry.register(known);
  const before = registry.queries.length;
  await registry.unregisterToken({ owner: known.owner, tokens: ['wrong'] });
  await registry.unregisterToken({ owner: 'nobody@example.org', tokens: [known.token, 'more'] });
  await registry.unregisterToken({ owner: known.owner, tokens: [known.token] });
  assert.deepEqual(registry.queries.slice(before), Array(3).fill('devices-unregister-token'));
});
