import { createHash, randomBytes } from 'node:crypto';
import { readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { tables } from '../../../src/registry/backup/format.ts';
import { checkBackup, restoreBackup } from '../../../src/registry/backup/restore-backup.ts';
import { takeBackup } from '../../../src/registry/backup/take-backup.ts';
import type { Database } from '../../../src/registry/postgres/database.ts';
import type { Device } from '../../../src/registry/devices/device.ts';
import { migrate, migrateWithin } from '../../../src/registry/postgres/migrate.ts';
import { openRegistry, type OpenRegistry } from '../../../src/registry/open.ts';
import { createPostgres } from '../../../src/registry/postgres/postgres.ts';
import { ask, createTestFolder, startServer, type Engine, type TestServer } from '../../helpers/database/postgres.ts';
import { buildDeferred } from '../suites/deferred-pushes.ts';
import { assert, buildRegistration, find, silent } from '../suites/registry-suite.ts';

const key = randomBytes(32);
const watch = { signal: new AbortController().signal, onProgress: () => undefined };

/** Backup and restore on one engine; `other` is the one that a backup moves to. */
export function testBackup(engine: Engine, other: Engine | undefined): void {
  let server: TestServer;
  let folder: string;
  let file: string;
  let from: string;
  let to: string;

  before(async () => void (server = await startServer(engine)));
  after(() => server.close());
  beforeEach(async () => {
    folder = await createTestFolder();
    file = join(folder, 'reveille.backup');
    [from, to] = [await server.createDatabase(), await server.createDatabase()];
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('everything comes back exactly: devices, also those behind another node, certificates, and pushes that wait', async () => {
    await withRegistry(from, async (registry) => {
      const device = await registry.register(
        buildRegistration({ owner: 'jürgen\\"😀@example.org', secondToken: 'a\ttoken', secret: 's\n' }),
      );
      await registry.note(device.node, 'sandbox');
      await registry.register(buildRegistration());
      await registry.credentials.keep('apns', Buffer.from('a certificate'));
      await registry.deferred.put([buildDeferred(device)]);
    });
    await ask(from, "UPDATE devices SET behind = '01#SHARED' WHERE secret IS NULL");
    const taken = await withDatabase(from, (database) => takeBackup(database, file, watch));
    assert.deepEqual(taken.rows, { devices: 2, credentials: 1, deferred: 1, proofs: 0 });
    assert.deepEqual(await restoreInto(to), taken.rows);
    for (const table of tables) assert.deepEqual(await dump(to, table), await dump(from, table), table);
    await withRegistry(to, async (registry) => {
      const [credential] = await registry.credentials.read();
      assert.equal(credential?.kind, 'open', 'the same key opens it');
    });
  });

  test('a backup is one moment, however much is registered meanwhile', async () => {
    const devices = await withRegistry(from, async (registry) => {
      const early = await registerMany(registry, 1_000);
      const late = registerMany(registry, 500);
      const { rows } = await withDatabase(from, (database) => takeBackup(database, file, watch));
      assert.ok(rows.devices >= early.length && rows.devices <= early.length + (await late).length);
      return early;
    });
    await restoreInto(to);
    await withRegistry(to, async (registry) => {
      for (const device of devices) assert.deepEqual(await find(registry, device), device);
    });
  });

  test('the file is for its owner only, replaces an older one at once, and nothing half done stays beside it', async () => {
    await withDatabase(from, (database) => migrate(database, silent));
    await writeFile(file, 'an older one', { mode: 0o644 });
    await withDatabase(from, (database) => takeBackup(database, file, watch));
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const interrupted = { ...watch, signal: AbortSignal.abort(new Error('interrupted')) };
    await assert.rejects(
      withDatabase(from, (database) => takeBackup(database, join(folder, 'other'), interrupted)),
      { message: 'interrupted' },
    );
    assert.deepEqual(await readdir(folder), ['reveille.backup']);
  });

  test('a push that expired before the backup, or before the restore, is left out', async () => {
    await withRegistry(from, async (registry) => {
      const device = await registry.register(buildRegistration());
      await registry.deferred.put([buildDeferred(device)]);
    });
    await withDatabase(from, (database) => takeBackup(database, file, watch));
    await ask(from, "UPDATE deferred SET expires_at = now() - interval '1 second'");
    const later = join(folder, 'later');
    assert.equal((await withDatabase(from, (database) => takeBackup(database, later, watch))).rows.deferred, 0);
    await rewrite(file, (line) => line.replace(/"expires_at":"\d{4}/, '"expires_at":"2001'));
    assert.equal((await restoreInto(to)).deferred, 0);
  });

  const damages: Readonly<Record<string, readonly [damage: () => Promise<unknown>, message: RegExp]>> = {
    'cut short': [async () => truncate(file, (await stat(file)).size - 12), /damaged or cut short/],
    'cut to half': [async () => truncate(file, Math.floor((await stat(file)).size / 2)), /damaged or cut short/],
    'of which a line is missing': [() => edit((lines) => lines.toSpliced(1, 1)), /damaged or cut short/],
    'without its end': [() => edit((lines) => lines.slice(0, -1)), /damaged or cut short/],
    'with a changed row': [() => edit((lines) => lines.map((line) => line.replace('example.org', 'example.com'))), /damaged or cut short/],
    'with bytes that were hit on the disk': [() => flip(), /damaged or cut short|no backup/],
    'that is empty': [() => writeFile(file, ''), /no backup made by reveille backup/],
    'that is something else': [() => writeFile(file, gzipSync('hello\n')), /no backup made by reveille backup/],
    'that is not compressed': [() => writeFile(file, 'hello'), /no backup made by reveille backup/],
    'of a newer format': [() => edit((lines) => [lines[0]!.replace('"version":1', '"version":2'), ...lines.slice(1)]), /newer Reveille/],
    'of a newer schema': [
      () => edit((lines) => [lines[0]!.replace(/"schema":\d+/, '"schema":999'), ...lines.slice(1)]),
      /its schema is 999/,
    ],
  };
  for (const [name, [damage, message]] of Object.entries(damages)) {
    test(`a backup ${name} is refused, and nothing is written`, async () => {
      await withRegistry(from, (registry) => registerMany(registry, 40));
      await withDatabase(from, (database) => takeBackup(database, file, watch));
      await damage();
      await assert.rejects(checkBackup(file, watch.signal), { name: 'BackupUnusable', message });
      // Where it was damaged between the two readings, too.
      const checked = { header: { format: 'reveille-backup', version: 1, schema: 1, takenAt: '' }, rows: taken } as const;
      await assert.rejects(
        withDatabase(to, (database) => restoreBackup(database, file, checked, watch)),
        { name: 'BackupUnusable' },
      );
      assert.deepEqual(await ask(to, "SELECT to_regclass('devices') AS devices"), [{ devices: null }]);
    });
  }
  const taken = { devices: 40, credentials: 0, deferred: 0, proofs: 0 };

  test('a database that holds anything, or that another Reveille uses, is refused and stays as it is', async () => {
    await withRegistry(from, (registry) => registerMany(registry, 3));
    await withDatabase(from, (database) => takeBackup(database, file, watch));
    await assert.rejects(restoreInto(from), /not empty \(there are rows in devices\)/);
    assert.equal((await dump(from, 'devices')).length, 3);
    await withRegistry(to, async () => assert.rejects(restoreInto(to), /another Reveille is connected to this database: stop it first/));
    assert.deepEqual((await restoreInto(to)).devices, 3, 'empty tables are no obstacle');
  });

  test('a backup of an older schema is brought to this one, also where empty tables of this one are there', async () => {
    await withDatabase(from, (database) => database.transaction((transaction) => migrateWithin(transaction, 1)));
    const insert = `INSERT INTO devices (node, owner, provider, token, token_key) VALUES ('old', 'o@example.org', 'apns', 't', sha256('t'))`;
    await ask(from, insert);
    await withDatabase(from, (database) => takeBackup(database, file, watch));
    await withDatabase(to, (database) => migrate(database, silent));
    for (const url of [to, await server.createDatabase()]) {
      await restoreInto(url);
      await withRegistry(url, async (registry) => assert.equal((await find(registry, { node: 'old' }))?.owner, 'o@example.org'));
    }
  });

  test('every table is known to the backup', async () => {
    await withDatabase(from, (database) => migrate(database, silent));
    const found = await ask(from, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
    assert.deepEqual(
      found.map(({ tablename }) => tablename),
      ['migrations', ...tables].sort(),
    );
  });

  test('a database without anything of ours is not backed up', async () => {
    await assert.rejects(
      withDatabase(from, (database) => takeBackup(database, file, watch)),
      /nothing of Reveille in the database/,
    );
    assert.deepEqual(await readdir(folder), []);
  });

  test(
    'a backup moves to the other engine and its version',
    { skip: other === undefined ? 'the other engine is missing' : false },
    async () => {
      const devices = await withRegistry(from, (registry) => registerMany(registry, 20));
      await withDatabase(from, (database) => takeBackup(database, file, watch));
      const elsewhere = await startServer(other!);
      try {
        const url = await elsewhere.createDatabase();
        await restoreInto(url);
        await withRegistry(url, async (registry) => {
          for (const device of devices) assert.deepEqual(await find(registry, device), device);
        });
      } finally {
        await elsewhere.close();
      }
    },
  );

  async function restoreInto(url: string) {
    const checked = await checkBackup(file, watch.signal);
    return withDatabase(url, (database) => restoreBackup(database, file, checked, watch));
  }

  /** Lines are changed and the file made valid gzip again, without the checksum. */
  async function edit(change: (lines: readonly string[]) => readonly string[]): Promise<void> {
    const lines = gunzipSync(await readFile(file))
      .toString()
      .trimEnd()
      .split('\n');
    await writeFile(file, gzipSync(`${change(lines).join('\n')}\n`));
  }

  /** As somebody would who knows the format. */
  async function rewrite(path: string, change: (line: string) => string): Promise<void> {
    const lines = gunzipSync(await readFile(path))
      .toString()
      .trimEnd()
      .split('\n')
      .map(change);
    const body = `${lines.slice(0, -1).join('\n')}\n`;
    const end = { ...(JSON.parse(lines.at(-1)!) as object), sha256: createHash('sha256').update(body).digest('hex') };
    await writeFile(path, gzipSync(`${body}${JSON.stringify(end)}\n`));
  }

  async function flip(): Promise<void> {
    const bytes = await readFile(file);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    await writeFile(file, bytes);
  }
}

async function withDatabase<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = createPostgres(url, silent);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function withRegistry<T>(url: string, work: (registry: OpenRegistry) => Promise<T>): Promise<T> {
  const registry = await openRegistry({ url, dataDir: '', devicesPerOwner: 25, key, secret: 'secret' }, silent);
  try {
    return await work(registry);
  } finally {
    await registry.close();
  }
}

function registerMany(registry: OpenRegistry, count: number): Promise<Device[]> {
  return Promise.all(Array.from({ length: count }, () => registry.register(buildRegistration())));
}

function dump(url: string, table: string): Promise<readonly Record<string, unknown>[]> {
  return ask(url, `SELECT * FROM ${table} ORDER BY 1, 2`);
}
