import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type FreshRoot, makeFreshRoot, type Result, runPlain } from './fresh-root.ts';
import { buildPackages, type Packages, placeIn } from './packages.ts';
import { bare, debianOrSkip } from './roots.ts';

// What has no systemd, as a container: no units are started, and the tools of Debian that would are taken away as well.
describe('the package on a Debian 12 without systemd', { skip: await debianOrSkip() }, () => {
  const cleanUp = new AsyncDisposableStack();
  let packages: Packages;
  let root: FreshRoot;
  let untouched: readonly string[];

  before(async () => {
    packages = await buildPackages(['present']);
    cleanUp.defer(() => packages.remove());
    root = await makeFreshRoot(bare);
    cleanUp.defer(() => root.remove());
    await copyFile(join(packages.folder, packages.present), join(root.folder, placeIn(packages.present)));
    await run('rm', '/usr/bin/deb-systemd-helper', '/usr/bin/deb-systemd-invoke');
    untouched = await root.list();
  });
  after(() => cleanUp.disposeAsync());

  const attempt = (...command: readonly string[]): Promise<Result> =>
    runPlain('unshare', ['--net', '--pid', '--fork', '--kill-child', '--mount-proc', `--root=${root.folder}`, '--wd=/', ...command]);
  const run = async (...command: readonly string[]): Promise<string> => {
    const { code, output } = await attempt(...command);
    assert.equal(code, 0, `${command.join(' ')}: ${output}`);
    return output;
  };

  test('is installed, with its user by adduser, and says what is to be done', async () => {
    assert.match(await run('dpkg', '--install', placeIn(packages.present)), /holds nothing but comments yet, so Reveille is not started/);
    assert.match(await run('getent', 'passwd', 'reveille'), /:\/var\/lib\/reveille:\/usr\/sbin\/nologin\n$/);
    assert.equal(await run('stat', '--format=%A %U %G', '/var/lib/reveille'), 'drwx------ reveille reveille\n');
    assert.equal(await run('dpkg', '--verify', 'reveille'), '');
  });

  test('runs as its user, without Node, Perl or anything else of the system but libraries', async () => {
    const asUser = ['setpriv', '--reuid=reveille', '--regid=reveille', '--clear-groups'];
    assert.equal(await run(...asUser, 'reveille', '--version'), `${packages.version}\n`);
    const { code, output } = await attempt(...asUser, 'reveille', 'check', '--config', '/etc/reveille/reveille.toml');
    assert.equal(code, 1);
    assert.match(output, /^component: /m);
  });

  test('removed and installed again it asks nothing; purged it leaves nothing', async () => {
    await run('dpkg', '--remove', 'reveille');
    await run('dpkg', '--install', placeIn(packages.present));
    await run('dpkg', '--purge', 'reveille');
    assert.equal((await attempt('getent', 'passwd', 'reveille')).code, 2);
    // The tools that create users keep what the password files were before, and a lock.
    const ofTools = new Set(['/etc/gshadow-', '/etc/shadow-', '/run/adduser']);
    const left = (await root.list()).filter((path) => !untouched.includes(path) && !ofTools.has(path));
    assert.deepEqual(left, []);
  });
});
