import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { startXmppServer } from '../helpers/xmpp-server.ts';
import { fetchOldNode, installPackage, type InstalledPackage } from './installed-package.ts';

const run = promisify(execFile);
const nobody = { uid: 65534, gid: 65534 };
const isRoot = process.getuid?.() === 0;
const limitMs = 120_000;

/** What `engines` in package.json only makes npm warn of: that of Ubuntu 22.04, and that of Debian 12 and Ubuntu 24.04. */
const oldNodes = ['12.22.12', '18.20.8'];

/** Declares the tests of the npm package that a build becomes. */
export function testInstalled(dist: string): void {
  describe('installed by npm without its scripts', { timeout: 600_000 }, () => {
    let installed: InstalledPackage;
    before(async () => {
      installed = await installPackage(dist);
    });
    after(() => installed.delete());

    const hasLinks = () => existsSync(join(installed.native, 'lib/libicuuc.so.60'));

    for (const version of oldNodes) {
      test(`on Node.js ${version} it says in one line what to take instead`, async () => {
        const child = spawn(await fetchOldNode(version), [installed.program, 'serve'], {
          stdio: ['ignore', 'pipe', 'pipe'],
          timeout: limitMs,
        });
        const ended = once(child, 'close') as Promise<[number]>;
        const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
        assert.deepEqual([code, out], [1, '']);
        assert.match(
          err,
          new RegExp(`^reveille: Node\\.js 24 or newer is needed, this is ${version.replaceAll('.', '\\.')}: .*container.*\\n$`),
        );
      });
    }

    const asAnother = { skip: isRoot ? false : 'only root can become somebody else' };
    test('a user who may not write into its folder runs it on a database of PostgreSQL copied to his data', asAnother, async (context) => {
      const home = await openHome(nobody);
      context.after(() => rm(home, { recursive: true, force: true }));
      const server = await startXmppServer();
      context.after(() => server.close());
      await writeConfig(home, server.port);
      assert.equal(hasLinks(), false, 'no script has run');
      const child = spawn(process.execPath, [installed.program, 'serve', '--config', join(home, 'reveille.toml')], {
        ...nobody,
        cwd: home,
        env: { PATH: process.env['PATH'] },
        stdio: ['ignore', 'pipe', 'inherit'],
        timeout: limitMs,
      });
      const ended = once(child, 'exit');
      let said = '';
      for await (const chunk of child.stdout.setEncoding('utf8') as AsyncIterable<string>) {
        said += chunk;
        if (said.includes('"event":"ready"') && !child.killed) child.kill('SIGTERM');
      }
      assert.deepEqual(await ended, [0, null], said);
      assert.match(said, /"event":"ready"/);
      assert.equal(hasLinks(), false);
      assert.match((await readdir(join(home, 'data'))).join(), /binaries-18/);
    });

    test('npx reveille init makes a configuration that check takes', async (context) => {
      const home = await openHome(undefined);
      context.after(() => rm(home, { recursive: true, force: true }));
      const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` };
      const config = join(home, 'reveille.toml');
      const call = (...args: string[]) =>
        run('npx', ['--no', '--', 'reveille', ...args, '--config', config], { cwd: installed.folder, env, timeout: limitMs });
      const { stdout } = await call('init', '--jid', 'push.test', '--app', 'log', '--offline');
      assert.match(stdout, /npx reveille serve --config/);
      assert.match((await call('check')).stdout, /no mistakes/);
    });

    test('whoever owns its folder runs PostgreSQL out of it', async (context) => {
      const home = await openHome(undefined);
      context.after(() => rm(home, { recursive: true, force: true }));
      await writeConfig(home, 1);
      const args = [installed.program, 'migrate', '--config', join(home, 'reveille.toml')];
      await run(process.execPath, args, { timeout: limitMs, cwd: home });
      assert.equal(hasLinks(), true);
      assert.doesNotMatch((await readdir(join(home, 'data'))).join(), /binaries/);
    });
  });
}

async function openHome(user: typeof nobody | undefined): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'reveille-home-'));
  await chmod(home, 0o755);
  if (user !== undefined) await chown(home, user.uid, user.gid);
  return home;
}

const writeConfig = (home: string, port: number) =>
  writeFile(
    join(home, 'reveille.toml'),
    `[component]\njid = "push.test"\nserver = "127.0.0.1:${port}"\nsecret = "a-secret"\n[database]\ndata-dir = "data"\n` +
      '[http]\nlisten = "127.0.0.1:0"\n[providers.trial]\nuse = "log"\n',
  );
