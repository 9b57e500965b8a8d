import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, chown, lstat, open, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { openRegistry, type OpenRegistry } from '../../../src/registry/open.ts';
import { DatabaseUnavailable } from '../../../src/registry/registry.ts';
import { reveille } from '../../cli/reveille.ts';
import { ask, createTestFolder } from '../../helpers/database/postgres.ts';
import { listServers } from './processes.ts';
import { buildRegistration, eventually, find, silent } from '../suites/registry-suite.ts';

const onlyRoot = { skip: process.getuid?.() === 0 ? false : 'only root can give files away' };
const openIn = (dataDir: string): Promise<OpenRegistry> => openRegistry({ url: undefined, dataDir, devicesPerOwner: 25 }, silent);

describe('a damaged data folder', () => {
  /** A sound one with a device in it, copied for each test. */
  let sound: string;
  let node: string;
  let folder: string;
  let cluster: string;

  before(async () => {
    sound = await createTestFolder();
    const registry = await openIn(sound);
    ({ node } = await registry.register(buildRegistration()));
    await registry.close();
  });
  after(() => rm(sound, { recursive: true }));
  beforeEach(async () => {
    folder = await createTestFolder();
    cluster = join(folder, 'postgres');
    await copyOwned(join(sound, 'postgres'), cluster);
  });
  afterEach(async () => {
    assert.deepEqual(listServers(folder), []);
    await rm(folder, { recursive: true });
  });

  const damages: Readonly<Record<string, readonly [damage: () => Promise<void>, line: RegExp]>> = {
    'no PG_VERSION': [() => rm(join(cluster, 'PG_VERSION')), /is damaged: its file PG_VERSION is missing; nothing in it was changed/],
    'a PG_VERSION of garbage': [() => writeFile(join(cluster, 'PG_VERSION'), '\0\0'), /PG_VERSION is unreadable; nothing/],
    'another major version': [
      () => writeFile(join(cluster, 'PG_VERSION'), '17\n'),
      /was made by PostgreSQL 17, and this Reveille brings 18: /,
    ],
    'no pg_wal': [() => rename(join(cluster, 'pg_wal'), join(folder, 'away')), /is damaged: pg_wal is missing; nothing/],
    'no pg_control': [() => rm(join(cluster, 'global/pg_control')), /is damaged: global\/pg_control is missing; nothing/],
    'a truncated pg_control': [
      () => truncate(join(cluster, 'global/pg_control'), 100),
      /pg_control has 100 bytes instead of 8192; nothing/,
    ],
    'a pg_control of garbage': [
      () => overwrite(join(cluster, 'global/pg_control'), 0, 8_192),
      /does not start: database files are incompatible.*restore a backup/,
    ],
    'no checkpoint in pg_wal': [() => zeroAll(join(cluster, 'pg_wal')), /does not start: .*checkpoint.*restore a backup/],
    'an empty folder in its place': [() => replaceBy([]), /postgres is empty: is its disk mounted\?/],
    'other files in its place': [() => replaceBy(['photo.jpg']), /holds something else than a database \(photo\.jpg\): move it away/],
    'a file in its place': [() => replaceByFile(), /postgres is not a folder: move it away/],
    'modes for everybody': [() => chmod(cluster, 0o755), /is open to others \(mode 755\), which PostgreSQL refuses: chmod 700 it/],
  };
  for (const [name, [damage, line]] of Object.entries(damages)) {
    test(`${name}: the start is refused in one line that says what to do, and nothing is touched`, async () => {
      await damage();
      const digest = await digestOf(cluster);
      await assert.rejects(openIn(folder), (error: Error) => {
        assert.match(error.message, line);
        assert.ok(error.message.includes(cluster), 'the folder is named');
        assert.doesNotMatch(error.message, /\n/);
        return true;
      });
      assert.equal(await digestOf(cluster), digest);
    });
  }

  test('a refusal leaves no lock behind: once the folder is mended it is used again', async () => {
    const version = join(cluster, 'PG_VERSION');
    await writeFile(version, '17\n');
    await assert.rejects(openIn(folder), /PostgreSQL 17/);
    await writeFile(version, '18\n');
    const registry = await openIn(folder);
    assert.notEqual(await find(registry, { node }), undefined);
    await registry.close();
  });

  test('reveille serve ends with exit code 1 and the one line', async () => {
    await rm(join(cluster, 'PG_VERSION'));
    const config = join(folder, 'reveille.toml');
    const text =
      '[component]\njid = "push.test"\nserver = "127.0.0.1:1"\nsecret = "s"\n[http]\nlisten = "127.0.0.1:0"\n[providers.a]\nuse = "log"\n';
    await writeFile(config, `${text}[database]\ndata-dir = "."\n`);
    const { exitCode, err } = await reveille(['serve', '--config', config]);
    assert.deepEqual([exitCode, err.trim().split('\n').length], [1, 1], err);
    assert.match(
      err,
      /^reveille serve failed: .*postgres is damaged: its file PG_VERSION is missing; nothing in it was changed\. Move it away/,
    );
  });

  test('a folder that root copied back is refused with the owner it needs', onlyRoot, async () => {
    await chown(cluster, 0, 0);
    await assert.rejects(openIn(folder), /belongs to uid 0, and its PostgreSQL runs as uid (\d+): chown -R \1 it/);
  });

  test("a pid file that names another cluster's server is no obstacle", async () => {
    const other = await openIn(sound);
    try {
      const [pid] = listServers(sound);
      const path = join(cluster, 'postmaster.pid');
      const { uid, gid } = await stat(cluster);
      await writeFile(path, `${pid}\n${cluster}\n1\n5432\n${folder}/socket\n\n  1 1\nready   \n`, { mode: 0o600 });
      await chown(path, uid, gid);
      const registry = await openIn(folder);
      assert.notEqual(await find(registry, { node }), undefined);
      await registry.close();
      await other.ping();
    } finally {
      await other.close();
    }
  });

  test('pages are under checksums: one that was damaged is unavailable, never a device that is not registered', async () => {
    const first = await openIn(folder);
    const url = `postgresql://reveille@localhost/reveille?host=${encodeURIComponent(join(folder, 'socket'))}`;
    const [row] = await ask(url, "SELECT current_setting('data_checksums') AS checksums, pg_relation_filepath('devices') AS path");
    await first.close();
    assert.equal(row?.['checksums'], 'on');
    await overwrite(join(cluster, String(row['path'])), 4_096, 256);
    const registry = await openIn(folder);
    try {
      await assert.rejects(find(registry, { node }), DatabaseUnavailable);
      await eventually(() => registry.ping().then(() => true), 'all else goes on');
    } finally {
      await registry.close();
    }
  });

  test('a table that was cut short is unavailable too', async () => {
    const first = await openIn(folder);
    const url = `postgresql://reveille@localhost/reveille?host=${encodeURIComponent(join(folder, 'socket'))}`;
    const [row] = await ask(url, "SELECT pg_relation_filepath('devices') AS path");
    await first.close();
    await truncate(join(cluster, String(row?.['path'])), 0);
    const registry = await openIn(folder);
    try {
      await assert.rejects(find(registry, { node }), DatabaseUnavailable);
    } finally {
      await registry.close();
    }
  });

  async function replaceBy(files: readonly string[]): Promise<void> {
    for (const name of await readdir(cluster)) await rm(join(cluster, name), { recursive: true });
    for (const name of files) await writeFile(join(cluster, name), 'content');
  }

  async function replaceByFile(): Promise<void> {
    await rm(cluster, { recursive: true });
    await writeFile(cluster, 'content');
  }
});

async function overwrite(path: string, at: number, bytes: number): Promise<void> {
  await using handle = await open(path, 'r+');
  await handle.write(Buffer.alloc(bytes, 0xa5), 0, bytes, at);
}

async function zeroAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isFile()) await writeFile(join(folder, entry.name), Buffer.alloc((await stat(join(folder, entry.name))).size));
  }
}

/** Owners and modes come along. */
async function copyOwned(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-a', from, to]);
}

/** Of every name and every content; the server's own bookkeeping of a start that failed aside. */
async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  const isFolder = (await lstat(path)).isDirectory();
  const names = isFolder ? (await readdir(path, { recursive: true })).sort() : [''];
  for (const name of names.filter((one) => one !== 'postmaster.opts')) {
    const found = await lstat(join(path, name));
    hash.update(`${name}\n${found.mode}\n`);
    if (found.isFile()) hash.update(await readFile(join(path, name)));
  }
  return hash.digest('hex');
}
