import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createLog } from '../../src/log/log.ts';
import { openRegistry } from '../../src/registry/open.ts';
import { apns, nodeOf, registerRequest } from '../helpers/app.ts';
import { createTestDatabase, createTestFolder } from '../helpers/database/postgres.ts';
import { startXmppServer, type XmppPeer, type XmppServer } from '../helpers/xmpp-server.ts';
import { listServers } from '../registry/embedded/processes.ts';
import { startReveille } from '../servers/reveille.ts';
import { reveille } from './reveille.ts';

const slow = { timeout: 120_000 };
const provider = new URL('../helpers/scripted-provider.ts', import.meta.url).pathname;
const key = randomBytes(32);

describe('reveille backup and restore', () => {
  let folder: string;
  let server: XmppServer;
  let source: string;
  let file: string;

  before(async () => {
    folder = await createTestFolder();
    server = await startXmppServer();
    source = await configure('source', 'data-dir = "source"');
    file = join(folder, 'reveille.backup');
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('says that there is nothing yet where Reveille never ran, and makes nothing', slow, async () => {
    const { exitCode, err } = await reveille(['backup', '--config', source, '--to', file]);
    assert.deepEqual([exitCode, existsSync(file), existsSync(join(folder, 'source'))], [1, false, false]);
    assert.match(err, /^reveille backup failed: there is no database yet in /);
  });

  test('a backup beside a serve under load is restored into a new folder, where every node works again', slow, async () => {
    const kept = await openRegistry({ url: undefined, dataDir: join(folder, 'source'), devicesPerOwner: 25, key }, createLog('silent'));
    await kept.credentials.keep(apns, Buffer.from('the certificate'));
    await kept.close();
    const before = await withServe(source, async (peer) => {
      const nodes: string[] = [];
      for (let n = 0; n < 100; n += 1) nodes.push(await register(peer, n));
      const done = new AbortController();
      const load = registerAndPublish(peer, done.signal);
      const ended = await reveille(['backup', '--config', source, '--to', file]);
      done.abort();
      await load;
      assert.deepEqual([ended.exitCode, ended.err], [0, '']);
      assert.match(ended.out, /^\d{3,} devices, 1 certificate, 0 waiting pushes written to .* \(\d+ bytes\)\.\n$/);
      return nodes;
    });
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const target = await configure('target', 'data-dir = "target"');
    const restored = await reveille(['restore', '--config', target, '--from', file]);
    assert.deepEqual([restored.exitCode, restored.err], [0, '']);
    assert.match(restored.out, /^\d{3,} devices, 1 certificate, 0 waiting pushes restored, as of \d{4}-.*Z\.\n$/);
    assert.deepEqual(listServers(join(folder, 'target')), []);
    await withServe(target, async (peer) => {
      for (const node of before) assert.match(await peer.ask(publish(node)), /type="result"/);
    });
    const again = await openRegistry({ url: undefined, dataDir: join(folder, 'target'), devicesPerOwner: 25, key }, createLog('silent'));
    const [credential] = await again.credentials.read();
    await again.close();
    assert.deepEqual(credential?.kind === 'open' && credential.content.toString(), 'the certificate');
  });

  test('the embedded database moves to one of your own', slow, async () => {
    const database = await createTestDatabase();
    try {
      const own = await configure('own', `url = "${database.url}"`);
      const moved = await reveille(['restore', '--config', own, '--from', file]);
      assert.deepEqual([moved.exitCode, moved.err], [0, '']);
      const again = await reveille(['restore', '--config', own, '--from', file]);
      assert.equal(again.exitCode, 1);
      assert.match(again.err, /the database is not empty/);
      await withServe(own, async () => {
        const beside = await reveille(['restore', '--config', own, '--from', file]);
        assert.match(beside.err, /another Reveille is connected to this database: stop it first/);
      });
      const back = await reveille(['backup', '--config', own, '--to', join(folder, 'own.backup')]);
      assert.deepEqual([back.exitCode, back.err], [0, '']);
    } finally {
      await database.close();
    }
  });

  test('a data folder that a serve uses is not restored into', slow, async () => {
    const target = join(folder, 'target.toml');
    await withServe(target, async () => {
      const { exitCode, err } = await reveille(['restore', '--config', target, '--from', file]);
      assert.equal(exitCode, 1);
      assert.match(err, /is in use by another Reveille \(pid \d+\)/);
    });
  });

  test('a backup cut short is refused in one line, and no database is made', slow, async () => {
    const cut = join(folder, 'cut.backup');
    await copyFile(file, cut);
    await truncate(cut, (await stat(cut)).size - 20);
    const fresh = await configure('fresh', 'data-dir = "fresh"');
    const { exitCode, err, out } = await reveille(['restore', '--config', fresh, '--from', cut]);
    assert.deepEqual([exitCode, out, err.trim().split('\n').length], [1, '', 1]);
    assert.match(err, /the backup is damaged or cut short: take another one/);
    assert.equal(existsSync(join(folder, 'fresh')), false);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.includes('partial')),
      [],
    );
  });

  const mistakes: Readonly<Record<string, readonly [args: readonly string[], line: RegExp]>> = {
    'a backup to nowhere': [['backup', '--config', 'SOURCE'], /^reveille backup: --to PATH is missing/],
    'a restore from nowhere': [['restore', '--config', 'SOURCE'], /^reveille restore: --from PATH is missing/],
    'an option nearly right': [['restore', '--config', 'SOURCE', '--form', 'x'], /unknown option --form, did you mean --from\?/],
    'a folder that is not there': [
      ['backup', '--config', 'SOURCE', '--to', '/nonexistent/x'],
      /--to \/nonexistent\/x: there is no such folder/,
    ],
    'a file that is not there': [['restore', '--config', 'SOURCE', '--from', '/nonexistent/x'], /there is no such file/],
  };
  for (const [name, [args, line]] of Object.entries(mistakes)) {
    test(`refuses ${name} in one line`, slow, async () => {
      const { exitCode, out, err } = await reveille(args.map((argument) => argument.replace('SOURCE', source)));
      assert.deepEqual([exitCode, out, err.trim().split('\n').length], [2, '', 1], err);
      assert.match(err, line);
    });
  }

  async function configure(name: string, database: string): Promise<string> {
    const path = join(folder, `${name}.toml`);
    const keyLine = `key = "${key.toString('base64')}"`;
    await writeFile(
      path,
      `[component]\njid = "push.test"\nserver = "127.0.0.1:${server.port}"\nsecret = "${server.secret}"\n[database]\n${database}\n${keyLine}\n` +
        `[http]\nlisten = "127.0.0.1:0"\n[delivery]\nupdate-interval = "0s"\n[limits]\nregistrations-per-minute = 100000\n[providers."${apns}"]\nuse = "${provider}"\n`,
    );
    return path;
  }

  async function withServe<T>(config: string, work: (peer: XmppPeer) => Promise<T>): Promise<T> {
    const number = server.peers.length + 1;
    const running = await startReveille(config);
    try {
      return await work(await server.online(number));
    } finally {
      await running.stop();
    }
  }
});

async function registerAndPublish(peer: XmppPeer, signal: AbortSignal): Promise<void> {
  for (let n = 100; !signal.aborted; n += 1) {
    const node = await register(peer, n);
    assert.match(await peer.ask(publish(node)), /type="result"/, 'a backup keeps nobody waiting');
  }
}

async function register(peer: XmppPeer, n: number): Promise<string> {
  return nodeOf(await peer.ask(registerRequest(`user${n}@example.net`, apns, `accept-${n}`)));
}

let count = 0;

function publish(node: string): string {
  count += 1;
  return `<iq type='set' id='p${count}' from='example.net' to='push.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item/></publish></pubsub></iq>`;
}
