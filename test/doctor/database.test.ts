import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { createLog } from '../../src/log/log.ts';
import { migrate } from '../../src/registry/postgres/migrate.ts';
import { createPostgres } from '../../src/registry/postgres/postgres.ts';
import { startEmbedded } from '../../src/registry/embedded/start-embedded.ts';
import { ask, createTestDatabase, explainMissing } from '../helpers/database/postgres.ts';
import { listServers } from '../registry/embedded/processes.ts';
import { createScene, runDoctor } from './scene.ts';

const silent = createLog('silent');
const nobody = 65534;

function urlLine(url: string): string {
  return `url = ${JSON.stringify(url)}`;
}

describe('a database of the administrator', { skip: (await explainMissing('debian')) ?? false }, () => {
  test('that is empty and ours is fine, and stays empty', async (context) => {
    const database = await createTestDatabase('debian');
    context.after(() => database.close());
    const examination = await createScene(context, { database: urlLine(database.url) }).examine();
    assert.deepEqual(
      ['connection', 'rights', 'migrations'].map((name) => examination.step(`database: ${name}`).verdict),
      ['ok', 'ok', 'ok'],
    );
    assert.deepEqual(await ask(database.url, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"), []);
  });

  test('without the right to create tables is told, with the statement that gives it', async (context) => {
    const database = await createTestDatabase('debian');
    context.after(() => database.close());
    await ask(database.url, 'CREATE ROLE guest LOGIN');
    const guest = database.url.replace('tester@', 'guest@');
    const examination = await createScene(context, { database: urlLine(guest) }).examine();
    const { verdict, found, advice } = examination.step('database: rights');
    assert.deepEqual([examination.exitCode, verdict, found], [1, 'failed', "it may not create Reveille's tables"]);
    assert.match(advice ?? '', /GRANT CREATE ON SCHEMA public TO guest/);
  });

  test('whose tables belong to somebody else is told, and again when it may only use them', async (context) => {
    const database = await createTestDatabase('debian');
    context.after(() => database.close());
    await migrateNow(database.url);
    await ask(database.url, 'CREATE ROLE guest LOGIN');
    const scene = createScene(context, { database: urlLine(database.url.replace('tester@', 'guest@')) });
    const before = await scene.examine();
    assert.match(before.step('database: rights').found, /may not read and write/);
    assert.equal(before.step('database: migrations').verdict, 'skipped');
    await ask(database.url, 'GRANT ALL ON ALL TABLES IN SCHEMA public TO guest');
    const after = await scene.examine();
    assert.deepEqual([after.step('database: rights').verdict, after.step('database: migrations').verdict], ['warning', 'ok']);
    await ask(database.url, 'REVOKE INSERT ON proofs FROM guest');
    assert.match((await scene.examine()).step('database: rights').found, /may not read and write/);
  });

  test('with pending migrations, and one of a newer Reveille', async (context) => {
    const database = await createTestDatabase('debian');
    context.after(() => database.close());
    await migrateNow(database.url);
    const scene = createScene(context, { database: urlLine(database.url) });
    await ask(database.url, 'DELETE FROM migrations WHERE number > 1');
    assert.match((await scene.examine()).step('database: migrations').found, /pending; serve or migrate applies them/);
    await ask(database.url, "INSERT INTO migrations (number, file) VALUES (9000, '9000-future.sql')");
    const { verdict, found } = (await scene.examine()).step('database: migrations');
    assert.equal(verdict, 'failed');
    assert.match(found, /of a newer Reveille \(9000/);
  });

  test('that is not there, or not to be reached, is told without the password', async (context) => {
    const database = await createTestDatabase('debian');
    context.after(() => database.close());
    const missing = database.url.replace('tester@', 'tester:hidden-word@').replace(/\/test_[0-9a-f]+/, '/nowhere');
    const examination = await createScene(context, { database: urlLine(missing) }).examine();
    assert.match(examination.step('database: connection').found, /no such database/);
    assert.equal(examination.step('database: rights').verdict, 'skipped');
    const closed = await createScene(context, { database: urlLine('postgres://reveille:hidden-word@127.0.0.1:1/reveille') }).examine();
    assert.match(closed.step('database: connection').found, /^refused/);
    assert.ok(!`${examination.output}${closed.output}`.includes('hidden-word'));
  });
});

describe('the embedded database', () => {
  test('before the first start is only a folder that can be made, and is not made', async (context) => {
    const scene = createScene(context);
    const examination = await scene.examine();
    assert.match(examination.step('database: data folder').found, /can be made/);
    assert.equal(examination.step('database: connection').verdict, 'skipped');
    assert.equal(existsSync(join(scene.folder, 'data')), false);
  });

  test('with a file in the place of its folder fails, and says so', async (context) => {
    const scene = createScene(context);
    writeFileSync(join(scene.folder, 'data'), '');
    const examination = await scene.examine();
    assert.equal(examination.exitCode, 1);
    assert.match(examination.step('database: data folder').found, /no folder is in the way/);
    assert.match(examination.step('database: connection').found, /data folder can't be used/);
  });

  test(
    'with a folder that this user must not write fails',
    { skip: process.getuid?.() !== 0 && 'needs root, to become another user' },
    async (context) => {
      const scene = createScene(context);
      mkdirSync(join(scene.folder, 'data'), { mode: 0o755 });
      await chmod(scene.file, 0o644);
      const { out } = await runDoctor(['--config', scene.file], { uid: nobody, gid: nobody });
      assert.match(out, /data folder: failed\n.*\n.*must not write there \(EACCES\)\n.*user 65534 can write/);
      assert.deepEqual(readdirSync(join(scene.folder, 'data')), []);
    },
  );

  test('that nobody runs is started for a moment; one that runs is asked where it is, and goes on', async (context) => {
    const scene = createScene(context);
    const data = join(scene.folder, 'data');
    const server = await startEmbedded(data, silent);
    await migrateNow(server.url);
    const running = listServers(data);
    const beside = await scene.examine();
    assert.deepEqual([beside.step('database: migrations').verdict, listServers(data)], ['ok', running]);
    await server.close();
    const alone = await scene.examine();
    assert.deepEqual([alone.step('database: migrations').verdict, listServers(data)], ['ok', []]);
  });
});

async function migrateNow(url: string): Promise<void> {
  const database = createPostgres(url, silent);
  await migrate(database, silent).finally(() => database.close());
}
