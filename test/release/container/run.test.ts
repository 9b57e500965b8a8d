import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, chown, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { anna, apns, nodeOf, registerRequest } from '../../helpers/app.ts';
import { createTestFolder } from '../../helpers/database/postgres.ts';
import { startPushServices, type PushServices } from '../../helpers/push-services.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { startXmppServer, type XmppServer } from '../../helpers/xmpp-server.ts';
import { freePorts } from '../../servers/daemon.ts';
import { createImageBuilder, imageVersion } from './built-image.ts';
import { createEngine, engineOrSkip, type ContainerEngine } from './engine.ts';

const image = `reveille:${imageVersion}`;
const token = 'ab'.repeat(32);
const user = 10_001;

describe('a container of the image, loaded and run by Podman', { skip: await engineOrSkip() }, () => {
  const cleanUp = new AsyncDisposableStack();
  let engine: ContainerEngine;
  let server: XmppServer;
  let services: PushServices;
  let configuration: string;
  let environment: string;
  let node: string;
  before(async () => {
    const folder = await createTestFolder();
    cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
    const file = await (await createImageBuilder(folder)).build('image');
    engine = await createEngine(folder);
    cleanUp.defer(() => engine.close());
    await engine.demand('load', '--input', file);
    server = await startXmppServer();
    cleanUp.defer(() => server.close());
    services = await startPushServices();
    cleanUp.defer(() => services.close());
    configuration = join(folder, 'configuration');
    await writeConfiguration(configuration, server, services);
    environment = join(folder, 'environment');
    await writeFile(environment, `REVEILLE_SECRET=${server.secret}\n`);
  });
  after(() => cleanUp.disposeAsync());

  /** As docs/container.md says, on this machine's network: the servers of the test are on loopback. */
  const options = (name: string): readonly string[] => [
    `--name=${name}`,
    '--read-only',
    '--cap-drop=all',
    '--security-opt=no-new-privileges',
    '--network=host',
    '--ulimit=host',
    `--env-file=${environment}`,
    `--volume=${configuration}:/etc/reveille:ro`,
    '--volume=data:/var/lib/reveille',
  ];
  const run = (name: string): Promise<string> => engine.demand('run', '--detach', '--read-only-tmpfs=false', ...options(name), image);
  const askHealth = (name: string, ...more: string[]): ReturnType<ContainerEngine['ask']> =>
    engine.ask('exec', name, 'reveille', 'health', '--config', '/etc/reveille/reveille.toml', ...more);
  const publish = (id: string): string =>
    `<iq type='set' id='${id}' from='example.net' to='push.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item/></publish></pubsub></iq>`;
  /** With its log where that does not come. */
  const online = (name: string, number: number): ReturnType<XmppServer['online']> =>
    server.online(number).catch(async (cause: unknown) => {
      const { stdout, stderr } = await engine.ask('logs', name);
      throw new Error(`${name} does not attach\n${stdout}${stderr}`, { cause });
    });
  const findFirstProcess = async (name: string): Promise<number> => Number(await engine.demand('inspect', '--format={{.State.Pid}}', name));

  test('without a configuration ends with 2 and says where one belongs', async () => {
    const ended = await engine.ask('run', '--rm', '--read-only', '--network=none', '--ulimit=host', image);
    assert.equal(ended.code, 2);
    assert.match(ended.stderr, /^reveille serve: can't read \/etc\/reveille\/reveille\.toml: there is no such file$/m);
  });

  test('is unhealthy while Reveille does not listen', async () => {
    const command = ['--rm', ...options('unhealthy'), image, 'health', '--config', '/etc/reveille/reveille.toml'];
    const ended = await engine.ask('run', ...command);
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /nobody listens there: Reveille does not run, or not yet/);
  });

  test('registers and pushes, with nothing to write to but its volume, and is healthy', async () => {
    await run('first');
    const peer = await online('first', 1);
    await waitFor('readiness', async () => (await askHealth('first', '--ready')).code === 0);
    node = nodeOf(await peer.ask(registerRequest(anna, apns, token)));
    assert.equal(await peer.ask(publish('p1')), '<iq type="result" id="p1" from="push.test" to="example.net"/>');
    assert.deepEqual(
      services.apple.pushes.map((push) => push.token),
      [token],
    );
    assert.deepEqual(await askHealth('first'), { code: 0, stdout: 'alive\n', stderr: '' });
  });

  test('runs as nobody in particular, without rights, under the calls to the kernel that engines allow', async () => {
    const status = readFileSync(`/proc/${await findFirstProcess('first')}/status`, 'utf8');
    const field = (name: string) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1];
    assert.equal(field('Name'), 'tini');
    assert.match(field('NSpid') ?? '', /\s1$/);
    assert.deepEqual(field('Uid')?.split(/\s+/), Array<string>(4).fill(String(user)));
    assert.deepEqual([field('CapEff'), field('CapBnd')], Array<string>(2).fill('0'.repeat(16)));
    assert.deepEqual([field('NoNewPrivs'), field('Seccomp')], ['1', '2']);
    const written = await engine.ask('exec', 'first', 'sh', '-c', 'echo > /opt/reveille/written');
    assert.match(written.stderr, /Read-only file system/);
  });

  test('keeps a command in another container off its database, and says where to run it', async () => {
    const ended = await engine.ask('run', '--rm', ...options('beside'), image, 'migrate', '--config', '/etc/reveille/reveille.toml');
    assert.equal(ended.code, 1, ended.stdout);
    assert.match(
      ended.stderr,
      /^reveille migrate failed: the database in \/var\/lib\/reveille is in use from another container: .*docker exec/m,
    );
    assert.equal((await askHealth('first', '--ready')).code, 0);
  });

  test('takes in the orphans of a database that was killed, and goes on with a new one', async () => {
    const first = await findFirstProcess('first');
    const inContainer = listDescendants(first);
    const [postmaster] = inContainer.filter((pid) => readCommand(pid).includes('-D'));
    assert.ok(postmaster !== undefined, 'there is a PostgreSQL');
    const workers = listChildren(postmaster);
    assert.ok(workers.length > 0, 'it has workers');
    process.kill(postmaster, 'SIGKILL');
    await waitFor('the end of its workers', () => workers.every((pid) => !existsSync(`/proc/${pid}`)));
    await waitFor('a new database', async () => (await askHealth('first', '--ready')).code === 0);
  });

  test('ends by SIGTERM with 0, in order, and leaves nothing running', async () => {
    const all = listDescendants(await findFirstProcess('first'));
    assert.ok(all.length >= 3, `${all.length} processes`);
    await engine.demand('stop', '--time=30', 'first');
    const { stdout, stderr } = await engine.ask('logs', 'first');
    assert.equal(await engine.demand('inspect', '--format={{.State.ExitCode}}', 'first'), '0', stdout + stderr);
    assert.match(stdout, /"event":"database-stopped".*"event":"stopped"/s);
    assert.deepEqual(
      all.filter((pid) => existsSync(`/proc/${pid}`)),
      [],
    );
    await engine.demand('rm', 'first');
  });

  test('another one on the same volume knows the devices of the one before', async () => {
    await run('second');
    const peer = await online('second', 2);
    await waitFor('readiness', async () => (await askHealth('second', '--ready')).code === 0);
    assert.equal(await peer.ask(publish('p2')), '<iq type="result" id="p2" from="push.test" to="example.net"/>');
    assert.equal(services.apple.pushes.length, 2);
  });

  test('after one that was killed, another starts on its volume, though its processes have the same numbers', async () => {
    await engine.demand('rm', '--force', '--time=0', 'second');
    await run('third');
    const peer = await online('third', 3);
    await waitFor('readiness', async () => (await askHealth('third', '--ready')).code === 0);
    assert.equal(await peer.ask(publish('p3')), '<iq type="result" id="p3" from="push.test" to="example.net"/>');
    assert.equal(services.apple.pushes.length, 3);
    await engine.demand('stop', '--time=30', 'third');
    assert.equal(await engine.demand('inspect', '--format={{.State.ExitCode}}', 'third'), '0');
  });
});

/** The folder that is mounted, readable for the user of the container and nobody else; the secret comes by the environment. */
async function writeConfiguration(folder: string, server: XmppServer, services: PushServices): Promise<void> {
  await mkdir(folder);
  const options = services.providers.find(({ id }) => id === apns)!.options;
  const lines: string[] = [];
  for (const [key, value] of Object.entries(options)) {
    const isFile = key.endsWith('-file');
    if (isFile) await copyFile(String(value), join(folder, basename(String(value))));
    lines.push(`${key} = ${JSON.stringify(isFile ? basename(String(value)) : value)}`);
  }
  const { http } = await freePorts('http');
  await writeFile(
    join(folder, 'reveille.toml'),
    `[component]\njid = "push.test"\nserver = "127.0.0.1:${server.port}"\nsecret = { env = "REVEILLE_SECRET" }\n` +
      `[database]\ndata-dir = "/var/lib/reveille"\n[http]\nlisten = "0.0.0.0:${http}"\n[providers."${apns}"]\nuse = "apns"\n${lines.join('\n')}\n`,
  );
  for (const name of readdirSync(folder)) {
    await chmod(join(folder, name), 0o400);
    await chown(join(folder, name), user, user);
  }
}

function listChildren(parent: number): readonly number[] {
  return readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

function listDescendants(pid: number): readonly number[] {
  return [pid, ...listChildren(pid).flatMap(listDescendants)];
}

function readCommand(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
}
