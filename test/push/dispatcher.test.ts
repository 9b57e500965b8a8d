import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createLog } from '../../src/log/log.ts';
import { Dispatcher } from '../../src/push/dispatch/dispatcher.ts';
import type { Outcome, Push } from '../../src/push/provider/provider.ts';
import type { Device } from '../../src/registry/devices/device.ts';
import { openRegistry } from '../../src/registry/open.ts';
import type { Registry } from '../../src/registry/registry.ts';
import { createTestDatabase } from '../helpers/database/postgres.ts';
import { emptyNotification } from '../../src/index.ts';

const provider = 'test';
const signal = new AbortController().signal;
const silent = createLog('silent');

let database: { readonly url: string; close(): Promise<void> };
let registry: Registry;
/** Another instance on the same database. */
let other: Registry;

before(async () => {
  database = await createTestDatabase();
  const open = () => openRegistry({ url: database.url, dataDir: '/nonexistent', devicesPerOwner: 25 }, silent);
  [registry, other] = [await open(), await open()];
  // Without that no refusal would cost anything.
  await registry.prove({ provider, identity: '', device: 'of somebody else' });
});
after(async () => {
  await registry.close();
  await other.close();
  await database.close();
});

/** Delivers to devices of this registry; the provider does what `push` says. */
function createDelivery(push: (push: Push) => Promise<Outcome>) {
  const lines: string[] = [];
  const dispatcher = new Dispatcher({
    providers: new Map([[provider, { push, status: () => ({ ready: true }), close: async () => undefined }]]),
    registry,
    defaultTtlMs: 60_000,
    voipTtlMs: 60_000,
    log: createLog('debug', { write: (line: string) => lines.push(line) }),
    alarm: () => undefined,
  });
  const deliver = async (node: string) => {
    const device = await find(node);
    assert.ok(device);
    return dispatcher.deliver(device, emptyNotification, { id: randomUUID(), signal });
  };
  return { deliver, lines };
}

const find = (node: string) => registry.lookup(node, 'example.net', () => true);

/** A new device, or this one again. */
function register(known?: Device, at = registry): Promise<Device> {
  const { owner = `${randomUUID()}@example.net`, token = randomUUID() } = known ?? {};
  return at.register({ owner, provider, token, secondToken: undefined });
}

/** The database's clock must have moved on before a renewal counts as later. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 5));

const gone = (since?: Date): Outcome => ({ kind: 'gone', ...(since === undefined ? {} : { since }) });

for (const [where, at] of [
  ['here', () => registry],
  ['at another instance', () => other],
] as const) {
  test(`a device that registers again ${where} while its token is called dead stays`, async () => {
    const device = await register();
    await aMoment();
    const { deliver } = createDelivery(async () => {
      await register(device, at());
      return gone();
    });
    assert.equal((await deliver(device.node)).kind, 'retry');
    // Where no memory is older than the database.
    assert.ok(await other.lookup(device.node, 'example.net', () => true));
  });

  test(`it stays as well where the service says since when, and that was before it registered again ${where}`, async () => {
    const device = await register();
    await aMoment();
    const { deliver } = createDelivery(async () => {
      const renewed = await register(device, at());
      return gone(new Date(renewed.registeredAt.getTime() - 1));
    });
    assert.equal((await deliver(device.node)).kind, 'retry');
    // Where no memory is older than the database.
    assert.ok(await other.lookup(device.node, 'example.net', () => true));
  });
}

test('a token that died before the device was registered costs nothing', async () => {
  const device = await register();
  const { deliver } = createDelivery(async () => gone(new Date(device.registeredAt.getTime() - 1)));
  assert.equal((await deliver(device.node)).kind, 'retry');
  assert.ok(await find(device.node));
});

test('a token that died when the device was registered, or later, costs the device', async () => {
  for (const afterMs of [0, 1, 3_600_000]) {
    const device = await register();
    const { deliver } = createDelivery(async () => gone(new Date(device.registeredAt.getTime() + afterMs)));
    assert.equal((await deliver(device.node)).kind, 'gone');
    assert.equal(await find(device.node), undefined);
  }
});

test('ten pushes at once to a dead token all learn that it is gone', async () => {
  const device = await register();
  const arrived = Promise.withResolvers<undefined>();
  let waiting = 0;
  const { deliver } = createDelivery(async () => {
    waiting += 1;
    if (waiting === 10) arrived.resolve(undefined);
    await arrived.promise;
    return gone();
  });
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => deliver(device.node)));
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    Array.from({ length: 10 }, () => 'gone'),
  );
});

test('what a provider leaves with a device comes back with the next push', async () => {
  const device = await register();
  const seen: (string | undefined)[] = [];
  const { deliver } = createDelivery(async ({ remembered }) => {
    seen.push(remembered);
    return { kind: 'accepted', remember: 'sandbox' };
  });
  for (let count = 0; count < 3; count += 1) assert.equal((await deliver(device.node)).kind, 'accepted');
  assert.deepEqual(seen, [undefined, 'sandbox', 'sandbox']);
});

test('a note that is too long or no text for the database is refused; the push is accepted all the same', async () => {
  for (const remember of ['x'.repeat(257), 'a\0b']) {
    const device = await register();
    const { deliver, lines } = createDelivery(async () => ({ kind: 'accepted', remember }));
    assert.equal((await deliver(device.node)).kind, 'accepted');
    assert.equal((await find(device.node))?.note, undefined);
    assert.match(lines.join(''), /note-refused/);
  }
});
