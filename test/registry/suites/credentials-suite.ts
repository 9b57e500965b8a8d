import { randomBytes } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import type { CredentialKeys } from '../../../src/registry/credentials/create-credential-store.ts';
import { openRegistry, type OpenRegistry } from '../../../src/registry/open.ts';
import { DatabaseUnavailable } from '../../../src/registry/registry.ts';
import { buildSealingKey } from '../../../src/registry/credentials/seal.ts';
import { ask, startServer, type Engine, type TestServer } from '../../helpers/database/postgres.ts';
import { assert, eventually, silent } from './registry-suite.ts';

const secret = 'the password of the certificate';
const content = Buffer.from(secret);

/** Credentials in the database: sealed, shared, sealed anew with another key, on one engine. */
export function testCredentials(engine: Engine): void {
  let server: TestServer;
  const opened: OpenRegistry[] = [];
  before(async () => void (server = await startServer(engine)));
  afterEach(() => Promise.all(opened.splice(0).map((registry) => registry.close())));
  after(() => server.close());

  async function open(url: string, keys: CredentialKeys): Promise<OpenRegistry['credentials']> {
    const registry = await openRegistry({ url, dataDir: '/nonexistent', devicesPerOwner: 25, ...keys }, silent);
    opened.push(registry);
    return registry.credentials;
  }

  async function dump(url: string): Promise<readonly Record<string, unknown>[]> {
    return ask(url, 'SELECT * FROM credentials ORDER BY provider');
  }

  test('a credential is read by every instance with the key, and a second one takes its place', async () => {
    const url = await server.createDatabase();
    const key = randomBytes(32);
    const [one, other] = [await open(url, { key }), await open(url, { key })];
    const updatedAt = await one.keep('apns', Buffer.from('the first'));
    assert.deepEqual(await other.read(), [{ kind: 'open', provider: 'apns', content: Buffer.from('the first'), updatedAt }]);
    const later = await one.keep('apns', content);
    assert.ok(later >= updatedAt);
    assert.deepEqual(await other.read(), [{ kind: 'open', provider: 'apns', content, updatedAt: later }]);
  });

  test('neither the rows nor the whole table show what is kept or the key', async () => {
    const url = await server.createDatabase();
    const key = randomBytes(32);
    await (await open(url, { key })).keep('apns', content);
    const [row] = await ask(url, 'SELECT credentials::text AS all FROM credentials');
    const text = String(row?.['all']);
    for (const shown of [content.toString('hex'), key.toString('hex'), buildSealingKey(key).secret.toString('hex'), secret])
      assert.ok(!text.includes(shown), text);
  });

  test('rows exchanged between providers, and changed ones, are damaged and not taken for another', async () => {
    const url = await server.createDatabase();
    const store = await open(url, { key: randomBytes(32) });
    for (const provider of ['a', 'b']) await store.keep(provider, Buffer.from(provider));
    await ask(
      url,
      `UPDATE credentials SET sealed = (SELECT sealed FROM credentials AS other WHERE other.provider = 'b') WHERE provider = 'a'`,
    );
    const [a, b] = await store.read();
    assert.deepEqual([a?.kind, a?.kind === 'unreadable' && a.reason], ['unreadable', 'damaged']);
    assert.deepEqual(b?.kind === 'open' && b.content.toString(), 'b');
  });

  test('without its key a credential stays where it is, and the reason is told', async () => {
    const url = await server.createDatabase();
    const key = randomBytes(32);
    await (await open(url, { key })).keep('apns', content);
    const reasons = [];
    for (const keys of [{}, { key: randomBytes(32) }, { key: randomBytes(32), previousKey: randomBytes(32) }]) {
      const [found] = await (await open(url, keys)).read();
      reasons.push(found?.kind === 'unreadable' ? found.reason : found?.kind);
    }
    assert.deepEqual(reasons, ['no-key', 'other-key', 'other-key']);
    const [still] = await (await open(url, { key })).read();
    assert.equal(still?.kind, 'open');
  });

  test('without a key nothing is kept', async () => {
    const store = await open(await server.createDatabase(), {});
    assert.equal(store.canKeep, false);
    await assert.rejects(store.keep('apns', content), TypeError);
  });

  test('a new key opens what the previous one sealed, seals it anew at the start, and then opens it alone', async () => {
    const url = await server.createDatabase();
    const [oldKey, key] = [randomBytes(32), randomBytes(32)];
    const updatedAt = await (await open(url, { key: oldKey })).keep('apns', content);
    const before = await dump(url);
    // Five instances at once, as when all are restarted together.
    await Promise.all(Array.from({ length: 5 }, () => open(url, { key, previousKey: oldKey })));
    const after = await dump(url);
    assert.deepEqual([before[0]?.['key_id'], after[0]?.['key_id']], [buildSealingKey(oldKey).id, buildSealingKey(key).id]);
    assert.deepEqual(await (await open(url, { key })).read(), [{ kind: 'open', provider: 'apns', content, updatedAt }]);
  });

  test('instances that have not changed over yet and those that have read each other, where each has both keys', async () => {
    const url = await server.createDatabase();
    const [oldKey, key] = [randomBytes(32), randomBytes(32)];
    const behind = await open(url, { key: oldKey, previousKey: key });
    await behind.keep('a', content);
    const ahead = await open(url, { key, previousKey: oldKey });
    await behind.keep('b', content);
    await ahead.keep('c', content);
    for (const store of [behind, ahead])
      assert.deepEqual(
        (await store.read()).map(({ kind }) => kind),
        ['open', 'open', 'open'],
      );
    await open(url, { key, previousKey: oldKey });
    assert.deepEqual(new Set((await dump(url)).map((row) => row['key_id'])), new Set([buildSealingKey(key).id]));
  });

  test('a damaged credential does not keep the others from being sealed anew', async () => {
    const url = await server.createDatabase();
    const [oldKey, key] = [randomBytes(32), randomBytes(32)];
    const store = await open(url, { key: oldKey });
    for (const provider of ['a', 'b']) await store.keep(provider, content);
    await ask(url, String.raw`UPDATE credentials SET sealed = '\x0102' WHERE provider = 'a'`);
    const read = await (await open(url, { key, previousKey: oldKey })).read();
    assert.deepEqual(
      read.map((one) => (one.kind === 'open' ? one.kind : one.reason)),
      ['damaged', 'open'],
    );
  });

  test('every instance hears of a change, also after its listening connection was cut', async () => {
    const url = await server.createDatabase();
    const key = randomBytes(32);
    const [one, other] = [await open(url, { key }), await open(url, { key })];
    let changes = 0;
    other.watch(() => (changes += 1));
    await eventually(() => changes === 1, 'the first connect');
    await one.keep('apns', content);
    await eventually(() => changes === 2, 'the change');
    const listening = `query LIKE 'LISTEN "reveille_credentials"%' AND datname = current_database()`;
    await ask(url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${listening}`);
    await eventually(() => changes === 3, 'the connect after that');
    await one.keep('apns', content);
    await eventually(() => changes === 4, 'the change after that');
  });

  test('while the database is down everything rejects as unavailable, and the watch begins once it is back', async () => {
    const own = await startServer(engine);
    const registry = await openRegistry(
      { url: await own.createDatabase(), dataDir: '/nonexistent', devicesPerOwner: 25, key: randomBytes(32) },
      silent,
    );
    try {
      await own.stop();
      await assert.rejects(registry.credentials.read(), DatabaseUnavailable);
      await assert.rejects(registry.credentials.keep('apns', content), DatabaseUnavailable);
      let changes = 0;
      registry.credentials.watch(() => (changes += 1));
      await own.start();
      await eventually(() => changes === 1, 'the watch begins');
    } finally {
      await registry.close();
      await own.close();
    }
  });
}
