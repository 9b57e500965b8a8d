import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { visitRegistry } from '../../../src/registry/open-existing.ts';
import { openRegistry } from '../../../src/registry/open.ts';
import { createPostgres } from '../../../src/registry/postgres/postgres.ts';
import { takeBackup } from '../../../src/registry/backup/take-backup.ts';
import { checkBackup, restoreBackup } from '../../../src/registry/backup/restore-backup.ts';
import { listMigrations } from '../../../src/registry/postgres/schema.ts';
import { apns, fcm, push, registerRequest, startTestApp } from '../../helpers/app.ts';
import { ask, createTestDatabase } from '../../helpers/database/postgres.ts';
import {
  fixtureFolder,
  fixtureKey,
  fixtureSecret,
  readFixture,
  type SchemaFixture,
  type ToldDevice,
} from '../../helpers/database/schema-fixtures.ts';
import { stageOf, stageProvider } from '../../helpers/stage-provider.ts';
import { eventually, everybody, silent } from '../suites/registry-suite.ts';
import { createFolder } from '../../config/folder.ts';
import { showSecret } from '../../handlers/publishes.ts';

const limit = { timeout: 120_000 };
const watch = { signal: new AbortController().signal, onProgress: () => undefined };
/** A dump and its reading again may leave a check with fewer brackets. */
const structure = `
  SELECT 'column' AS kind, format('%s.%s', attrelid::regclass, attname) AS name,
    format('%s %s %s %s', format_type(atttypid, atttypmod), attnotnull, attstorage, pg_get_expr(adbin, adrelid)) AS definition
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
  UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT 'constraint', conname, translate(pg_get_constraintdef(oid), '()', '') FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT 'table', relname, reloptions::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
  ORDER BY 1, 2, 3`;
const migrations = await listMigrations();

test('every migration has a database that the program of its day wrote, and none has another', () => {
  for (const { number } of migrations) assert.equal(readFixture(number).told.schema, number);
  const files = migrations.flatMap(({ number }) => ['json', 'sql'].map((ending) => `${String(number).padStart(4, '0')}.${ending}`));
  assert.deepEqual(readdirSync(fixtureFolder).sort(), files.sort());
});

test('a migration without such a database is named, and how to make one', () => {
  assert.throws(() => readFixture(9_000), /no .*9000\.sql, a database of schema 9000 .*scripts\/schema-fixture\.ts/);
});

for (const { number } of migrations) {
  describe(`a database of schema ${number}`, limit, () => {
    let fixture: SchemaFixture;
    let database: Awaited<ReturnType<typeof createTestDatabase>>;

    before(async () => {
      fixture = readFixture(number);
      database = await createTestDatabase();
      await fixture.load(database.url);
      assert.deepEqual(await ask(database.url, 'SELECT max(number) AS schema FROM migrations'), [{ schema: number }]);
    });
    after(() => database.close());

    test('can be backed up before anything migrates it, and is restored whole', async () => {
      const file = `${createFolder({})}/old.backup`;
      const empty = await createTestDatabase();
      const [from, to] = [createPostgres(database.url, silent), createPostgres(empty.url, silent)];
      try {
        const taken = await takeBackup(from, file, watch);
        const checked = await checkBackup(file, watch.signal);
        assert.deepEqual([checked.header.schema, taken.rows.devices], [number, fixture.told.devices.length]);
        assert.deepEqual((await restoreBackup(to, file, checked, watch)).devices, fixture.told.devices.length);
      } finally {
        await Promise.all([from.close(), to.close()]);
      }
      await assertEverythingThere(empty.url, fixture);
      await empty.close();
    });

    // Devices have had the columns that lists show since then.
    if (number < 7)
      test('is not read by commands that do not migrate, which say what to do first', async () => {
        const place = { database: { url: database.url, dataDir: '/nonexistent' }, limits: { devicesPerOwner: 25 } };
        const list = visitRegistry(place, silent, (registry) => registry.list({}, { limit: 1 }));
        await assert.rejects(list, { message: 'the database is not in the state this version needs: run reveille migrate' });
      });

    test('opens: every device is as it was registered, and certificates open with the same key', () =>
      assertEverythingThere(database.url, fixture));

    test('has the very tables, indexes and constraints of a new one, so no migration was changed after a database had it', async () => {
      const fresh = await createTestDatabase();
      for (const { url } of [fresh, database])
        await (await openRegistry({ url, dataDir: '/nonexistent', devicesPerOwner: 25 }, silent)).close();
      assert.deepEqual(await ask(database.url, structure), await ask(fresh.url, structure));
      await fresh.close();
    });

    test('serves: servers publish to the nodes they know, what waited goes out, and apps register again', async () => {
      const stages = new Map([apns, fcm].map((id) => [id, stageOf(`${id} in ${number}`)]));
      const { devices, deferred } = fixture.told;
      const app = await startTestApp(
        {
          database: { url: database.url, key: fixtureKey },
          component: { secret: fixtureSecret },
          providers: [apns, fcm].map((id) => ({ id, use: stageProvider, options: { stage: `${id} in ${number}` } })),
        },
        { pollMs: 100 },
      );
      try {
        await eventually(async () => (await ask(database.url, countWaiting(number)))[0]?.['count'] === '0', 'what waits goes out');
        const bodies = [...stages.values()].flatMap(({ accepted }) => accepted.map(({ notification }) => notification.body));
        assert.deepEqual(bodies, deferred === undefined ? [] : [deferred.due.body, deferred.leased.body]);
        for (const [index, device] of devices.entries()) {
          const answer = await app.ask(publish(index, device));
          assert.match(answer, /type="result"/);
          const { token, secondToken, account } = stages.get(device.provider)!.accepted.at(-1)!;
          assert.deepEqual({ token, secondToken, account }, pick(device));
        }
        const [anna] = devices;
        assert.equal(await app.register('ab'.repeat(32), 'anna@example.net', apns), anna!.node, 'the node stays');
        assert.match(await app.ask(registerRequest('carol@example.net', fcm, 'accept-carol')), /type="result"/);
      } finally {
        await app.close();
      }
    });
  });
}

async function assertEverythingThere(url: string, { told }: SchemaFixture): Promise<void> {
  const registry = await openRegistry({ url, dataDir: '/nonexistent', devicesPerOwner: 25, key: fixtureKey }, silent);
  try {
    for (const device of told.devices) {
      const found = await registry.lookup(device.node, 'a test', everybody);
      assert.deepEqual(JSON.parse(JSON.stringify(found)), device);
    }
    const counts = [...(await registry.count()).values()].reduce((sum, count) => sum + count, 0);
    assert.equal(counts, told.devices.length);
    const opened = (await registry.credentials.read()).map((one) =>
      one.kind === 'open' ? { provider: one.provider, content: one.content.toString() } : one,
    );
    assert.deepEqual(opened, told.credential === undefined ? [] : [told.credential]);
  } finally {
    await registry.close();
  }
}

/** Before the fifth schema nothing waited. */
function countWaiting(schema: number): string {
  return schema < 5 ? "SELECT '0' AS count" : 'SELECT count(*) AS count FROM deferred';
}

function pick({ token, secondToken, owner }: ToldDevice): object {
  return { token, secondToken, account: owner };
}

/** As the server of the owner writes it. */
function publish(index: number, { node, owner, secret }: ToldDevice): string {
  const domain = owner.slice(owner.indexOf('@') + 1);
  return (
    `<iq type='set' id='p${index}' from='${domain}' to='${push}'><pubsub xmlns='http://jabber.org/protocol/pubsub'>` +
    `<publish node='${node}'><item><notification xmlns='urn:xmpp:push:0'/></item></publish>${showSecret(secret)}</pubsub></iq>`
  );
}
