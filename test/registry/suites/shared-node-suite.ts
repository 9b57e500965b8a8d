import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Device, FoundDevice } from '../../../src/registry/devices/device.ts';
import { openRegistry } from '../../../src/registry/open.ts';
import type { Registry } from '../../../src/registry/registry.ts';
import { ask, startServer, type Engine, type TestServer } from '../../helpers/database/postgres.ts';
import { importShared, type SharedNode } from '../../helpers/shared-node.ts';
import { buildDeferred } from './deferred-pushes.ts';
import { assert, buildRegistration, eventually, everybody, openCounted, silent, type CountedRegistry } from './registry-suite.ts';

/** What is promised of several devices behind one node, on one engine. */
export function testSharedNodes(engine: Engine): void {
  let server: TestServer;
  let url: string;
  let registry: CountedRegistry;
  let other: CountedRegistry;

  before(async () => {
    server = await startServer(engine);
    url = await server.createDatabase();
    registry = await openCounted(url);
    other = await openCounted(url);
  });
  after(async () => {
    await registry.close();
    await other.close();
    await server.close();
  });

  /** Three devices of an account that no other test has, the first of which has the node for its own. */
  async function share(tokens = ['a', 'b', 'c'].map((name) => `${name}-${randomUUID()}`)): Promise<SharedNode> {
    const shared = { node: `01#${randomUUID()}`, owner: `${randomUUID()}@example.org`, provider: 'apns', tokens };
    await importShared(url, shared);
    return shared;
  }

  const lookUp = async (from: Registry, node: string): Promise<FoundDevice | undefined> => from.lookup(node, 'example.org', everybody);
  const tokensOf = (found: FoundDevice | undefined): string[] =>
    found === undefined ? [] : [found, ...(found.companions ?? [])].map(({ token }) => token).toSorted();
  const registrationOf = ({ owner, provider }: SharedNode, token: string) => ({ owner, provider, token, secondToken: undefined });
  const listed = ({ owner }: SharedNode): Promise<readonly Device[]> => registry.list({ owner }, { limit: 100 });

  test('all are found by one query the first time and by none later, first the one whose own node it is', async () => {
    const shared = { node: `01#${randomUUID()}`, owner: `${randomUUID()}@example.org`, provider: 'apns', tokens: ['a', 'b', 'c'] };
    const { node, tokens } = shared;
    registry.queries.length = 0;
    assert.equal(await lookUp(registry, node), undefined);
    await importShared(url, shared);
    // The refusal is remembered until the instance hears of the import: nothing more comes to empty the cache after that.
    await eventually(async () => (await lookUp(registry, node)) !== undefined, 'the import');
    assert.deepEqual(registry.queries, ['devices-find', 'devices-find']);
    const found = (await lookUp(registry, node))!;
    assert.deepEqual(tokensOf(found), tokens);
    assert.deepEqual([found.node, found.token, found.behind], [node, tokens[0], undefined]);
    assert.deepEqual(found.companions?.map(({ behind }) => behind), [node, node]); // prettier-ignore
    assert.ok(found.companions.every((companion) => /^[\w-]{32}$/.test(companion.node)));
    assert.deepEqual(registry.queries, ['devices-find', 'devices-find']);
  });

  test('a device that has its node alone has no word of others, and costs one query', async () => {
    const device = await registry.register(buildRegistration());
    registry.queries.length = 0;
    const found = await lookUp(registry, device.node);
    assert.deepEqual(found, device);
    assert.deepEqual(Object.keys(found), Object.keys(device), 'not so much as an empty field');
    assert.deepEqual(registry.queries, ['devices-find']);
  });

  test('the same import again changes nothing, and tells what is there; a dry one writes nothing', async () => {
    const shared = { node: `01#${randomUUID()}`, owner: `${randomUUID()}@example.org`, provider: 'apns', tokens: ['x', 'y', 'z'] };
    const all = { added: new Set([0, 1, 2]), present: new Set<number>() };
    assert.deepEqual(await importShared(url, shared, true), all);
    assert.deepEqual(await listed(shared), []);
    assert.deepEqual(await importShared(url, shared), all);
    const rows = await listed(shared);
    for (const isDry of [true, false])
      assert.deepEqual(await importShared(url, shared, isDry), { added: new Set(), present: new Set([0, 1, 2]) });
    assert.deepEqual(await listed(shared), rows);
    const more = await importShared(url, { ...shared, tokens: ['x', 'w', 'w', 'z'] });
    assert.deepEqual(more, { added: new Set([1]), present: new Set([0, 3]) }, 'only what is new, and that once');
    assert.deepEqual(tokensOf(await lookUp(registry, shared.node)), ['w', 'x', 'y', 'z']);
  });

  test('a phone that has registered anew under another node is not put behind the old one', async () => {
    const shared = { node: `01#${randomUUID()}`, owner: `${randomUUID()}@example.org`, provider: 'apns', tokens: ['old', 'anew'] };
    const { node } = await registry.register(registrationOf(shared, 'anew'));
    assert.deepEqual(await importShared(url, shared), { added: new Set([0]), present: new Set() });
    assert.deepEqual(tokensOf(await lookUp(registry, shared.node)), ['old']);
    assert.deepEqual(tokensOf(await lookUp(registry, node)), ['anew']);
  });

  test('a device of another account is never put behind a node, also where only further devices are left', async () => {
    const shared = await share();
    const foreign = { ...shared, owner: 'mallory@example.org', tokens: ['foreign'] };
    const nothing = { added: new Set(), present: new Set() };
    assert.deepEqual(await importShared(url, foreign), nothing);
    await registry.unregister(registrationOf(shared, shared.tokens[0]!));
    for (const isDry of [true, false]) assert.deepEqual(await importShared(url, foreign, isDry), nothing);
    assert.deepEqual(tokensOf(await lookUp(registry, shared.node)), shared.tokens.slice(1));
  });

  test('who may not publish to one of them gets the others', async () => {
    const { node, tokens } = await share();
    const without = (left: string) => registry.lookup(node, `not ${left}`, ({ token }) => token !== left);
    assert.deepEqual(tokensOf(await without(tokens[0]!)), [tokens[1], tokens[2]]);
    assert.deepEqual(tokensOf(await without(tokens[2]!)), [tokens[0], tokens[1]]);
    const only = await registry.lookup(node, 'the last', ({ token }) => token === tokens[2]);
    assert.deepEqual([only?.token, only?.companions], [tokens[2], undefined]);
    assert.equal(await registry.lookup(node, 'nobody', () => false), undefined);
  });

  test('each that registers again stays behind the node, and its second token is renewed', async () => {
    const shared = await share();
    for (const token of shared.tokens) {
      const device = await registry.register({ ...registrationOf(shared, token), secondToken: `second-${token}` });
      assert.equal(device.behind ?? device.node, shared.node);
    }
    const found = await lookUp(registry, shared.node);
    assert.deepEqual(tokensOf(found), shared.tokens);
    assert.ok([found!, ...found!.companions!].every(({ token, secondToken }) => secondToken === `second-${token}`));
  });

  for (const [which, index] of [
    ['the one whose own node it is', 0],
    ['a further one', 1],
  ] as const)
    // prettier-ignore
    test(`${which} unregisters: the others stay, and it gets a node of its own when it comes back`, async () => {
      const shared = await share();
      const token = shared.tokens[index]!;
      const others = shared.tokens.toSpliced(index, 1);
      assert.equal(await registry.unregister(registrationOf(shared, token)), true);
      assert.equal(await registry.unregister(registrationOf(shared, token)), false);
      assert.deepEqual(tokensOf(await lookUp(registry, shared.node)), others);
      const back = await registry.register(registrationOf(shared, token));
      assert.notEqual(back.behind ?? back.node, shared.node);
      assert.deepEqual(tokensOf(await lookUp(registry, shared.node)), others);
      for (const left of others) await registry.unregisterToken({ owner: shared.owner, tokens: [left] });
      assert.equal(await lookUp(registry, shared.node), undefined);
    });

  test('a dead token takes its device and no other', async () => {
    const shared = await share();
    const second = (await lookUp(registry, shared.node))!.companions![0]!;
    const removed = await registry.forget(shared.provider, second.token, new Date());
    assert.deepEqual(removed, [second]);
    assert.deepEqual(
      tokensOf(await lookUp(registry, shared.node)),
      shared.tokens.filter((token) => token !== second.token),
    );
  });

  test('another instance hears of each that comes, changes or goes', async () => {
    const shared = await share();
    const [first, second, third] = shared.tokens as [string, string, string];
    const found = await lookUp(other, shared.node);
    const companion = found!.companions!.find(({ token }) => token === second)!;
    const hears = (what: string, holds: (found: FoundDevice | undefined) => boolean) =>
      eventually(async () => holds(await lookUp(other, shared.node)), what);
    await registry.note(companion.node, 'a note');
    await hears('the note', (now) => now?.companions?.some(({ note }) => note === 'a note') === true);
    await registry.register({ ...registrationOf(shared, second), secondToken: 'new' });
    await hears('the renewal', (now) => now?.companions?.some(({ secondToken }) => secondToken === 'new') === true);
    await importShared(url, { ...shared, tokens: ['fourth'] });
    await hears('the import', (now) => tokensOf(now).includes('fourth'));
    await registry.unregister(registrationOf(shared, first));
    await hears('the removal of the first', (now) => !tokensOf(now).includes(first));
    await registry.forget(shared.provider, third, new Date());
    await hears('the dead token', (now) => !tokensOf(now).includes(third));
    await registry.remove({ node: companion.node }, 10);
    await hears('the removal of a further one', (now) => now?.companions === undefined && now?.token === 'fourth');
    await registry.remove({ owner: shared.owner }, 10);
    await hears('the removal of the last', (now) => now === undefined);
  });

  test('beyond the limit of devices per owner one behind the node gives way', async () => {
    const small = await openCounted(url, { devicesPerOwner: 3 });
    try {
      const shared = await share();
      await ask(url, `UPDATE devices SET used_at = now() - interval '3 days' WHERE token = '${shared.tokens[1]!}'`);
      assert.deepEqual(tokensOf(await lookUp(small, shared.node)), shared.tokens);
      const newest = await small.register(registrationOf(shared, 'newest'));
      assert.deepEqual(tokensOf(await lookUp(small, shared.node)), shared.tokens.toSpliced(1, 1));
      assert.deepEqual(tokensOf(await lookUp(small, newest.node)), ['newest']);
    } finally {
      await small.close();
    }
  });

  test('listing, counting and removing by the node means all behind it, by its own node one', async () => {
    const { node, tokens } = await share();
    const listedBy = async (filter: { node?: string; ownNode?: string }) =>
      (await registry.list(filter, { limit: 10 })).map(({ token }) => token).toSorted();
    const own = (await lookUp(registry, node))!.companions![0]!;
    assert.deepEqual(await listedBy({ node }), tokens);
    assert.deepEqual(await listedBy({ node: own.node }), [own.token]);
    assert.deepEqual(await listedBy({ ownNode: node }), [tokens[0]]);
    assert.deepEqual(await registry.count({ node }), new Map([['apns', 3]]));
    assert.equal((await registry.remove({ node }, 2)).length, 2);
    assert.equal((await registry.remove({ node }, 2)).length, 1);
    assert.equal(await lookUp(registry, node), undefined);
  });

  test('a push waits for each by itself, and goes with its device alone', async () => {
    const opened = await openRegistry(
      { url, dataDir: '/nonexistent', devicesPerOwner: 25, key: Buffer.alloc(32, 7), secret: 'secret' },
      silent,
    );
    try {
      const shared = await share();
      const found = (await opened.lookup(shared.node, 'example.org', everybody))!;
      const devices = [found, ...found.companions!];
      await opened.deferred.put(devices.map((device) => buildDeferred(device)));
      await opened.unregister(registrationOf(shared, shared.tokens[0]!));
      const claimed = await opened.deferred.claim(shared.provider, 10, 60_000);
      assert.deepEqual(claimed.map(({ device }) => device.token).toSorted(), shared.tokens.slice(1));
      assert.ok(claimed.every(({ node, device }) => node === device.node && device.behind === shared.node));
    } finally {
      await opened.close();
    }
  });
}
