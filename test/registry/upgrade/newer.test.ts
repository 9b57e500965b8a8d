import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openRegistry } from '../../../src/registry/open.ts';
import { readKnownSchema } from '../../../src/registry/postgres/schema.ts';
import { createPostgres } from '../../../src/registry/postgres/postgres.ts';
import { takeBackup } from '../../../src/registry/backup/take-backup.ts';
import { buildTargets, dumpTargets } from '../../cli/import/stage.ts';
import { reveille } from '../../cli/reveille.ts';
import { ask, createTestDatabase, createTestFolder } from '../../helpers/database/postgres.ts';
import { readFixture } from '../../helpers/database/schema-fixtures.ts';
import { startXmppServer, type XmppServer } from '../../helpers/xmpp-server.ts';
import { silent } from '../suites/registry-suite.ts';

const limit = { timeout: 120_000 };
const newer = 9_000;
const known = await readKnownSchema();
const contents = `SELECT (SELECT json_agg(devices ORDER BY node) FROM devices) AS devices, (SELECT json_agg(deferred ORDER BY node) FROM deferred)
  AS deferred, (SELECT json_agg(credentials) FROM credentials) AS credentials, (SELECT json_agg(migrations ORDER BY number) FROM migrations) AS migrations`;
const whatToDo = 'install that version again, or restore a backup made before it into an empty database';

/** An administrator takes the older version back, and meets what the newer one made of the database. */
describe('where a newer Reveille has changed the database, an older one', limit, () => {
  let server: XmppServer;
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let folder: string;
  let config: string;
  let dump: string;
  let node: string;
  let found: unknown;

  before(async () => {
    server = await startXmppServer();
    database = await createTestDatabase();
    const fixture = readFixture(known);
    node = fixture.told.devices[0]!.node;
    await fixture.load(database.url);
    await ask(database.url, `INSERT INTO migrations (number, file) VALUES (${newer}, '9000-what-comes.sql')`);
    found = await ask(database.url, contents);
    folder = await createTestFolder();
    config = join(folder, 'reveille.toml');
    dump = join(folder, 'p2.sql');
    await writeFile(dump, dumpTargets(buildTargets(5)));
    await writeFile(
      config,
      `[component]\njid = "push.test"\nserver = "127.0.0.1:${server.port}"\nsecret = "${server.secret}"\n` +
        `[database]\nurl = "${database.url}"\n[http]\nlisten = "127.0.0.1:0"\n[providers.fcm-xmpp-api]\nuse = "log"\n`,
    );
  });
  after(async () => {
    await database.close();
    await server.close();
    await rm(folder, { recursive: true });
  });

  const refused: Readonly<Record<string, () => readonly string[]>> = {
    serve: () => [],
    migrate: () => [],
    backup: () => ['--to', join(folder, 'new.backup')],
    'devices list': () => [],
    'devices count': () => [],
    'devices remove': () => ['--all', '--yes'],
    push: () => ['--node', node],
    import: () => ['--from', 'p2', dump],
    'import --dry-run': () => ['--from', 'p2', dump],
  };
  for (const [command, options] of Object.entries(refused)) {
    test(`refuses ${command} in one line with both numbers and what to do, and changes nothing`, async () => {
      const { exitCode, err } = await reveille([...command.split(' '), '--config', config, ...options()]);
      assert.deepEqual([exitCode, err.trim().split('\n').length], [1, 1], err);
      const numbers = `the database was set up by a newer Reveille (its schema is ${newer}, this program knows ${known})`;
      assert.ok(err.includes(numbers) && err.includes(whatToDo), err);
      assert.deepEqual(await ask(database.url, contents), found);
      assert.ok(!existsSync(join(folder, 'new.backup')), 'half a backup would be none');
    });
  }

  test('refuses restore, which would have to make the tables of the older one', async () => {
    const old = await createTestDatabase();
    await (await openRegistry({ url: old.url, dataDir: '/nonexistent', devicesPerOwner: 25 }, silent)).close();
    const file = join(folder, 'old.backup');
    const from = createPostgres(old.url, silent);
    await takeBackup(from, file, { signal: new AbortController().signal, onProgress: () => undefined });
    await from.close();
    await old.close();
    const { exitCode, err } = await reveille(['restore', '--config', config, '--from', file]);
    assert.equal(exitCode, 1);
    assert.ok(err.includes(`(its schema is ${newer}, this program knows ${known})`) && err.includes(whatToDo), err);
    assert.deepEqual(await ask(database.url, contents), found);
  });

  test('is told so by doctor, with the same advice', async () => {
    const { exitCode, out } = await reveille(['doctor', '--config', config, '--json']);
    const steps = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { title?: string; verdict?: string; found?: string; advice?: string });
    const step = steps.find((one) => one.title === 'database: migrations');
    assert.equal(exitCode, 1);
    assert.deepEqual(
      [step?.verdict, step?.found, step?.advice],
      ['failed', `they are of a newer Reveille (${newer}; this one knows ${known})`, whatToDo],
    );
    assert.deepEqual(await ask(database.url, contents), found);
  });
});
