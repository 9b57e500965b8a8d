import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { Client } from 'pg';
import { createLog } from '../../../src/log/log.ts';
import { openRegistry } from '../../../src/registry/open.ts';
import { listMigrations, readKnownSchema } from '../../../src/registry/postgres/schema.ts';
import { reveille } from '../../cli/reveille.ts';
import { ask, createTestDatabase, createTestFolder } from '../../helpers/database/postgres.ts';
import { readFixture, type SchemaFixture } from '../../helpers/database/schema-fixtures.ts';
import { createRandom } from '../../helpers/mulberry32.ts';
import { eventually, everybody, silent } from '../suites/registry-suite.ts';

const limit = { timeout: 120_000 };
const main = join(import.meta.dirname, '../../../src/main.ts');
const first = 1;
const heldLock = 4_711;
const schemaOf = 'SELECT max(number) AS schema FROM migrations';
const tablesOf = `SELECT table_name AS name, column_name AS column FROM information_schema.columns
  WHERE table_schema = 'public' AND table_name <> 'step' ORDER BY 1, 2`;

let fixture: SchemaFixture;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let folder: string;
let config: string;

beforeEach(async () => {
  fixture = readFixture(first);
  database = await createTestDatabase();
  await fixture.load(database.url);
  folder = await createTestFolder();
  config = join(folder, 'reveille.toml');
  await writeFile(
    config,
    `[component]\njid = "push.test"\nsecret = "s"\n[database]\nurl = "${database.url}"\n[providers.a]\nuse = "log"\n`,
  );
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

test('a migration that is killed in the middle leaves the old schema, and the next start finishes it', limit, async (context) => {
  const steps = await countSteps();
  const seed = Date.now() % 2 ** 32;
  const drawn = 2 + Math.floor(createRandom(seed)() * (steps - 2));
  context.diagnostic(`killed at statements 1, ${drawn} and ${steps} of ${steps}; drawn with seed ${seed}`);
  const before = await ask(database.url, tablesOf);
  await using held = await holdLock();
  for (const step of [1, drawn, steps]) {
    await pauseAt(step);
    const child = spawn(process.execPath, [main, 'migrate', '--config', config], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    await eventually(isPaused, `statement ${step} of ${steps}`);
    child.kill('SIGKILL');
    assert.deepEqual(await ended, [null, 'SIGKILL']);
    await held.letGo();
    await eventually(isAlone, 'PostgreSQL takes back what the dead one did');
    assert.deepEqual(await ask(database.url, schemaOf), [{ schema: first }]);
    assert.deepEqual(await ask(database.url, tablesOf), before);
    await held.take();
  }
  await ask(database.url, 'DROP EVENT TRIGGER pause');
  const { exitCode, err } = await reveille(['migrate', '--config', config]);
  assert.deepEqual([exitCode, err], [0, '']);
  assert.deepEqual(await ask(database.url, schemaOf), [{ schema: await readKnownSchema() }]);
  await assertDevices();
});

test('of five instances that start at once on an old database one migrates it, and each comes up', limit, async () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line: string) => lines.push(line) });
  const open = () => openRegistry({ url: database.url, dataDir: '/nonexistent', devicesPerOwner: 25 }, log);
  const opened = await Promise.allSettled(Array.from({ length: 5 }, open));
  for (const one of opened) if (one.status === 'fulfilled') await one.value.close();
  assert.deepEqual(
    opened.map(({ status }) => status),
    Array.from({ length: 5 }, () => 'fulfilled'),
  );
  const applied = lines
    .map((line) => JSON.parse(line) as { event: string; file?: string })
    .filter(({ event }) => event === 'migration-applied');
  const pending = (await listMigrations()).filter(({ number }) => number > first);
  assert.deepEqual(
    applied.map(({ file }) => file),
    pending.map(({ file }) => file),
  );
  await assertDevices();
});

async function assertDevices(): Promise<void> {
  const registry = await openRegistry({ url: database.url, dataDir: '/nonexistent', devicesPerOwner: 25 }, silent);
  for (const device of fixture.told.devices) {
    const found = await registry.lookup(device.node, 'a test', everybody);
    assert.deepEqual(JSON.parse(JSON.stringify(found)), device);
  }
  await registry.close();
}

/** Of all migrations from the first schema on, as PostgreSQL counts them, tried out on a database of its own. */
async function countSteps(): Promise<number> {
  const other = await createTestDatabase();
  await fixture.load(other.url);
  await countFrom(other.url, 0);
  await (await openRegistry({ url: other.url, dataDir: '/nonexistent', devicesPerOwner: 25 }, silent)).close();
  const [row] = await ask(other.url, 'SELECT last_value AS steps FROM step');
  await other.close();
  return Number(row?.['steps']);
}

/** From now on the migration stands still within its statement of this number, until the lock is to be had. */
async function pauseAt(step: number): Promise<void> {
  await ask(database.url, 'DROP EVENT TRIGGER IF EXISTS pause; DROP FUNCTION IF EXISTS pause(); DROP SEQUENCE IF EXISTS step');
  await countFrom(database.url, step);
}

/** Sequences count on when a transaction is rolled back. */
async function countFrom(url: string, pause: number): Promise<void> {
  await ask(
    url,
    `CREATE SEQUENCE step;
     CREATE FUNCTION pause() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
       IF nextval('public.step') = ${pause} THEN PERFORM pg_advisory_lock(${heldLock}); END IF;
     END $$;
     CREATE EVENT TRIGGER pause ON ddl_command_end EXECUTE FUNCTION pause()`,
  );
}

async function holdLock() {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const take = () => client.query(`SELECT pg_advisory_lock(${heldLock})`);
  await take();
  return {
    take,
    letGo: () => client.query(`SELECT pg_advisory_unlock(${heldLock})`),
    [Symbol.asyncDispose]: () => client.end(),
  };
}

async function isPaused(): Promise<boolean> {
  const waiting = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = ${heldLock} AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  return (await ask(database.url, waiting)).length === 1;
}

async function isAlone(): Promise<boolean> {
  const others = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'reveille'";
  return (await ask(database.url, others)).length === 0;
}
