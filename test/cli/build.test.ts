import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { createFolder } from '../config/folder.ts';
import { reveille } from './reveille.ts';

const run = promisify(execFile);
/** Inside the package, where the built program finds its package.json and its packages. */
const dist = join(import.meta.dirname, `../../dist/.test-${process.pid}`);
const main = join(dist, 'src/main.js');

before(() => run(process.execPath, ['scripts/build.ts', dist]), { timeout: 120_000 });
after(() => rmSync(dist, { recursive: true, force: true }));

test('the built program is executable and says its version', async () => {
  assert.ok((statSync(main).mode & 0o111) === 0o111);
  assert.match(readFileSync(main, 'utf8'), /^#!\/usr\/bin\/env node\n/);
  const { exitCode, err } = await reveille(['--version'], {}, main);
  assert.deepEqual([exitCode, err], [0, '']);
});

test('the built program checks a configuration with a built-in provider and one from a folder of its own', async () => {
  const folder = createFolder({
    'mine.js': 'export default () => ({ push() {}, status: () => ({ ready: true }), async close() {} })',
    'reveille.toml': '[component]\njid = "push.example.org"\nsecret = "s"\n[providers.a]\nuse = "log"\n[providers.b]\nuse = "./mine.js"\n',
  });
  const { exitCode, out, err } = await reveille(['check', '--config', join(folder, 'reveille.toml')], {}, main);
  assert.deepEqual([exitCode, err], [0, '']);
  assert.match(out, /no mistakes; providers: a \(log\), b \(\.\/mine\.js\)\n$/);
});

test('declarations and migrations are part of the build, tests and sources are not', () => {
  assert.ok(existsSync(join(dist, 'src/index.d.ts')));
  assert.deepEqual(readdirSync(join(dist, 'src/registry/sql')), readdirSync('src/registry/sql'));
  assert.deepEqual(readdirSync(dist).toSorted(), ['providers', 'src']);
});
