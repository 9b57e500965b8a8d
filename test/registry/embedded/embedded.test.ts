import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { findBinaries } from '../../../src/registry/embedded/process/binaries.ts';
import { startEmbedded } from '../../../src/registry/embedded/start-embedded.ts';
import { openRegistry } from '../../../src/registry/open.ts';
import { ask, createTestFolder } from '../../helpers/database/postgres.ts';
import { listServers, runScript } from './processes.ts';
import { buildRegistration, eventually, find, openCounted, silent } from '../suites/registry-suite.ts';

const isRoot = process.getuid?.() === 0;
const onlyRoot = { skip: isRoot ? false : 'only root can become somebody else' };
const nobody = { uid: 65534, gid: 65534 };

/** Initialised by the first test that opens it, reused by the others as by restarts. */
let folder: string;
let fresh: string;
before(async () => void (folder = await createTestFolder()));
after(() => rm(folder, { recursive: true }));
beforeEach(async () => void (fresh = await createTestFolder()));
afterEach(async () => {
  assert.deepEqual([...listServers(folder), ...listServers(fresh)], [], 'no server is left behind');
  await rm(fresh, { recursive: true });
});

const listSocketFolders = async () => (await readdir(tmpdir())).filter((name) => /^reveille-[0-9a-f]{16}$/.test(name));
const open = (dataDir: string) => openRegistry({ url: undefined, dataDir, devicesPerOwner: 25 }, silent);

test('after kill -9 of its process group, a restart adopts the server and finds every acknowledged registration', async () => {
  const holder = runScript('holder.ts', [folder, '100000']);
  assert.equal(await holder.nextLine(), 'open');
  const nodes: string[] = [];
  while (nodes.length < 200) nodes.push(((await holder.nextLine()) ?? '').slice('node '.length));
  await holder.kill('SIGKILL');
  for (let line = await holder.nextLine(); line !== undefined; line = await holder.nextLine()) nodes.push(line.slice('node '.length));
  const left = listServers(folder);
  assert.equal(left.length, 1, 'the server outlives its Reveille');
  const registry = await open(folder);
  assert.deepEqual(listServers(folder), left, 'adopted, not started again');
  const found = await Promise.all(nodes.map((node) => find(registry, { node })));
  assert.equal(found.filter((device) => device === undefined).length, 0);
  await registry.close();
});

test('the server is durable, listens on no TCP address, and sees nothing of our environment', async () => {
  process.env['REVEILLE_TEST_SECRET'] = 'very secret';
  const embedded = await startEmbedded(folder, silent);
  try {
    for (const [name, value] of Object.entries({ listen_addresses: '', fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' })) {
      assert.deepEqual(await ask(embedded.url, `SHOW ${name}`), [{ [name]: value }]);
    }
    assert.match((await ask(embedded.url, 'SHOW server_version'))[0]?.['server_version'] as string, /^18\./);
    const [pid] = listServers(folder);
    assert.doesNotMatch(readFileSync(`/proc/${pid}/environ`, 'utf8'), /REVEILLE_TEST_SECRET/);
    assert.equal((await stat(join(folder, 'socket'))).mode & 0o777, 0o700);
    assert.equal((await stat(join(folder, 'postgres'))).mode & 0o777, 0o700);
  } finally {
    delete process.env['REVEILLE_TEST_SECRET'];
    await embedded.close();
  }
});

test('a folder in use by a living Reveille is refused with its pid, and is free once that one closed', async () => {
  const holder = runScript('holder.ts', [folder]);
  assert.equal(await holder.nextLine(), 'open');
  await assert.rejects(open(folder), { message: new RegExp(`in use by another Reveille \\(pid ${holder.pid}\\)`) });
  await holder.kill('SIGTERM');
  await (await open(folder)).close();
});

test('the same process may not open a folder twice either', async () => {
  const registry = await open(folder);
  await assert.rejects(open(folder), new RegExp(`pid ${process.pid}`));
  await registry.ping();
  await registry.close();
});

test('an initialisation that died half way is done again', async () => {
  await mkdir(join(fresh, 'postgres.partial'));
  await writeFile(join(fresh, 'postgres.partial', 'PG_VERSION'), '18\n');
  await (await open(fresh)).close();
  assert.deepEqual(
    (await readdir(fresh)).filter((name) => name.includes('partial')),
    [],
  );
});

test('a server that ends by itself is started again, and the registry recovers', async () => {
  const registry = await open(folder);
  try {
    const device = await registry.register(buildRegistration());
    const [pid] = listServers(folder);
    process.kill(pid!, 'SIGKILL');
    await eventually(() => listServers(folder).some((now) => now !== pid), 'another server');
    const ping = (): Promise<boolean> =>
      registry
        .ping()
        .then(() => true)
        .catch(() => false);
    await eventually(ping, 'the database answers');
    await registry.unregister(device);
    assert.equal(await find(registry, device), undefined);
  } finally {
    await registry.close();
  }
});

test('a pid file whose number belongs to another program by now is no obstacle', async () => {
  await (await open(folder)).close();
  const cluster = join(folder, 'postgres');
  const owner = await stat(cluster);
  const other = spawn('sleep', ['600'], { stdio: 'ignore', ...(isRoot && { uid: owner.uid, gid: owner.gid }) });
  try {
    const path = join(cluster, 'postmaster.pid');
    await writeFile(path, `${other.pid}\n${cluster}\n1\n5432\n${folder}/socket\n\n  1 1\nready   \n`, { mode: 0o600 });
    await chown(path, owner.uid, owner.gid);
    await (await open(folder)).close();
    assert.equal(other.exitCode, null, 'the other program is left alone');
  } finally {
    other.kill('SIGKILL');
  }
});

test('a data-dir whose path is too long for a socket has its socket in the temporary folder', async () => {
  const deep = join(fresh, ...Array.from({ length: 3 }, () => 'x'.repeat(60)));
  await mkdir(deep, { recursive: true, mode: 0o755 });
  const registry = await open(deep);
  await registry.register(buildRegistration());
  assert.equal(existsSync(join(deep, 'socket')), false);
  const sockets = await listSocketFolders();
  await registry.close();
  assert.equal((await listSocketFolders()).length, sockets.length - 1, 'the folder goes with the server');
  assert.deepEqual(listServers(deep), []);
});

test('an unwritable data-dir is refused with a line that names it and the reason', async () => {
  await writeFile(join(fresh, 'file'), '');
  const dataDir = join(fresh, 'file', 'data');
  await assert.rejects(open(dataDir), (error: Error) => error.message.includes(dataDir) && error.message.includes('ENOTDIR'));
});

test('without permission to write, the line says so', onlyRoot, async () => {
  const script = runScript('holder.ts', [fresh], nobody);
  assert.match((await script.nextLine()) ?? '', /^refused can't write to database\.data-dir .*\(EACCES\): make it writable/);
  await script.kill('SIGKILL');
});

test('an ordinary user needs nobody else', onlyRoot, async () => {
  await chown(fresh, nobody.uid, nobody.gid);
  await chmod(fresh, 0o700);
  const holder = runScript('holder.ts', [fresh, '1'], nobody);
  assert.equal(await holder.nextLine(), 'open');
  assert.match((await holder.nextLine()) ?? '', /^node /);
  await holder.kill('SIGTERM');
  assert.equal((await stat(join(fresh, 'postgres'))).uid, nobody.uid);
  const registry = await open(fresh);
  assert.equal((await registry.count()).size, 1, 'root runs it as the owner of the cluster');
  await registry.close();
});

test('as root, a data-dir that the server cannot reach is refused with the folder that bars the way', onlyRoot, async () => {
  await chmod(fresh, 0o700);
  await assert.rejects(open(join(fresh, 'inner', 'data')), new RegExp(`chmod o\\+x ${fresh}\\)`));
});

test('binaries out of reach of the server are copied under the data-dir', onlyRoot, async () => {
  const hidden = await mkdtemp(join(tmpdir(), 'reveille-hidden-'));
  try {
    const installed = await findBinaries(fresh, nobody, silent);
    const source = join(installed.postgres, '..', '..', '..');
    assert.equal(existsSync(join(fresh, 'binaries')), false);
    await cp(source, hidden, { recursive: true, verbatimSymlinks: true });
    const copied = await findBinaries(fresh, nobody, silent, hidden);
    assert.ok(copied.postgres.startsWith(`${fresh}/binaries-18`));
    assert.deepEqual(await findBinaries(fresh, nobody, silent, hidden), copied, 'once');
  } finally {
    await rm(hidden, { recursive: true });
  }
});

test('two programs on the url of one embedded server see the same devices', async () => {
  const embedded = await startEmbedded(folder, silent);
  const [one, two] = await Promise.all([openCounted(embedded.url), openCounted(embedded.url)]);
  const device = await one.register(buildRegistration());
  assert.deepEqual(await find(two, device), device);
  await Promise.all([one.close(), two.close()]);
  await embedded.close();
});
