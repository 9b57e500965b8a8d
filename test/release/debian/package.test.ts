import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildDeb } from '../../../scripts/release/debian/build-deb.ts';
import { buildDebianChangelog } from '../../../scripts/release/debian/changelog.ts';
import { toDebianVersion } from '../../../scripts/release/debian/control.ts';
import { findPlatform } from '../../../scripts/release/platforms.ts';
import { runTool } from '../../../scripts/release/run-tool.ts';
import { createTestFolder } from '../../helpers/database/postgres.ts';
import { epochSeconds, root } from '../built.ts';
import { runPlain } from './fresh-root.ts';
import { buildPackages } from './packages.ts';
import { debianOrSkip } from './roots.ts';

const skip = await debianOrSkip();
const units = join(root, 'scripts/release/debian/files/usr/lib/systemd/system');

describe('a Debian package', { skip }, () => {
  let folder: string;
  let tree: string;
  before(async () => {
    folder = await createTestFolder();
    tree = join(folder, 'tree');
    const units = ['reveille.service', 'reveille-backup.service', 'reveille-backup.timer'].map((name) => `etc/${name}`);
    const shells = ['bash-completion/completions/reveille', 'fish/vendor_completions.d/reveille.fish', 'zsh/site-functions/_reveille'];
    const papers = ['README.md', 'CHANGELOG.md', 'LICENSE', 'THIRD-PARTY-LICENCES', 'SBOM.cdx.json', 'docs/a.md', 'etc/servers/a.lua'];
    const programs = ['bin/reveille', 'lib/node', 'lib/reveille/dist/src/main.js'];
    for (const name of [...units, ...papers, ...programs, ...[...shells, 'man/man1/reveille.1'].map((shell) => `share/${shell}`)]) {
      await mkdir(dirname(join(tree, name)), { recursive: true });
      await writeFile(join(tree, name), name);
    }
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const build = async (place: string): Promise<string> => {
    const to = join(folder, place);
    await mkdir(to);
    const options = { tree, platform: findPlatform('linux-arm64'), version: '1.2.3-rc.1', schema: 42, epochSeconds, level: 0 };
    return join(to, await buildDeb(to, options));
  };

  test('built twice has the same bytes, and the name of its version and processor', async () => {
    const [one, two] = [await build('one'), await build('two')];
    assert.match(one, /\/reveille_1\.2\.3~rc\.1_arm64\.deb$/);
    assert.deepEqual(await readFile(one), await readFile(two));
  });

  test('says what it is, needs nothing but libraries, and has the schema in its scripts', async () => {
    const file = await build('three');
    const fields = await runTool('dpkg-deb', ['--field', file, 'Package', 'Version', 'Architecture', 'Depends']);
    assert.equal(
      fields,
      'Package: reveille\nVersion: 1.2.3~rc.1\nArchitecture: arm64\n' +
        'Depends: libc6 (>= 2.28), libgcc-s1 (>= 3.4), libstdc++6 (>= 5.2), adduser | systemd | systemd-standalone-sysusers\n',
    );
    assert.equal(await runTool('dpkg-deb', ['--info', file, 'conffiles']), '/etc/reveille/reveille.toml\n');
    assert.match(await runTool('dpkg-deb', ['--info', file, 'preinst']), /^ours=42$/m);
    for (const script of ['preinst', 'postinst', 'prerm', 'postrm']) {
      assert.doesNotMatch(await runTool('dpkg-deb', ['--info', file, script]), /@[A-Z]+@/, script);
    }
  });
});

test('lintian finds nothing but what the package gives reasons for', { skip }, async (t) => {
  const packages = await buildPackages(['present']);
  try {
    // The tests' packages are stored as they are, for the time that it saves.
    const stored = '--suppress-tags=uses-no-compression-for-control-tarball,uses-no-compression-for-data-tarball';
    const deb = join(packages.folder, packages.present);
    const { code, output } = await runPlain('lintian', ['--allow-root', '--no-cfg', '--fail-on=error,warning', stored, deb]);
    t.diagnostic(`lintian: ${output.trim() === '' ? 'no complaints' : output}`);
    assert.equal(output.replaceAll(/^(N|running with root).*\n?/gim, ''), '');
    assert.equal(code, 0);
  } finally {
    await packages.remove();
  }
});

for (const unit of ['reveille.service', 'reveille-backup.service']) {
  test(`${unit} is exposed as little as the documentation says`, { skip }, async (t) => {
    const args = ['security', '--offline=true', '--threshold=13', '--no-pager', join(units, unit)];
    const { code, output } = await runPlain('systemd-analyze', args);
    const verdict = output.trim().split('\n').at(-1) ?? '';
    t.diagnostic(verdict);
    assert.equal(code, 0, output);
    assert.match(verdict, /Overall exposure level for .*: 1\.3 OK/);
    assert.match(await readFile(join(root, 'docs/debian.md'), 'utf8'), new RegExp(`${unit.replace('.', '\\.')}: 1\\.3 OK`));
  });
}

test('what hardens the unit that is copied by hand hardens that of the package, but for what it says', async () => {
  const read = async (path: string): Promise<readonly string[]> =>
    (await readFile(path, 'utf8')).split('\n').filter((line) => /^\w+=/.test(line));
  const ours = new Set(await read(join(units, 'reveille.service')));
  // NODE_OPTIONS is what the package's own launcher sets.
  const replaced = /^(Exec|Dynamic|ConfigurationDirectory|Documentation|ProtectProc|Environment=NODE_OPTIONS)/;
  const missing = (await read(join(root, 'etc/reveille.service'))).filter((line) => !ours.has(line) && !replaced.test(line));
  assert.deepEqual(missing, []);
});

test('versions are ordered as npm does: a candidate comes before its release', () => {
  assert.equal(toDebianVersion('0.2.0'), '0.2.0');
  assert.equal(toDebianVersion('0.2.0-rc.1'), '0.2.0~rc.1');
  assert.throws(() => toDebianVersion('next'), {
    message: 'no Debian package can have the version "next": expected one like 1.2.3 or 1.2.3-rc.1',
  });
});

test("the version's section of the changelog becomes Debian's", () => {
  const changelog = `# Changelog\n\n## 0.2.0 (2026-01-31)\n\nIn words.\n\n- First: ${'word '.repeat(20)}\n  end.\n- Second.\n\n## 0.1.0 (2025-01-31)\n\n- Older.\n`;
  assert.equal(
    buildDebianChangelog(changelog, { version: '0.2.0', debianVersion: '0.2.0', maintainer: 'A <a@example.org>', epochSeconds }),
    `reveille (0.2.0) unstable; urgency=medium\n\n  * First: ${'word '.repeat(14).trim()}\n    ${'word '.repeat(6)}end.\n  * Second.\n\n -- A <a@example.org>  Thu, 01 Jan 2026 00:00:00 +0000\n`,
  );
});
