import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { createFolder } from '../config/folder.ts';
import { createExamplePackage, readExample } from '../testing/example-package.ts';
import { runTests, skipReasons } from '../testing/run-tests.ts';
import { testInstalled } from './installed-suite.ts';
import { reveille } from './reveille.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const types = ['--typeRoots', join(root, 'node_modules/@types'), '--types', 'node'];
const tscOptions = ['--ignoreConfig', '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', ...types];
/** What an author in TypeScript writes. */
const typed = `
import type { CreateProvider, Notification, OptionsSchema, Outcome, Provider, ProviderExports, ProviderStatus, ProviderTools, Push } from 'reveille';
import { connectLocalPush, type LocalPush, type LocalPushState } from 'reveille/local-push';
import { buildPush, testProvider, type Scene } from 'reveille/testing';
export const parts: [Notification?, OptionsSchema?, Outcome?, Provider?, ProviderStatus?, ProviderTools?, Push?, Scene?] = [];
const create: CreateProvider = () => ({
  push: (push) => Promise.resolve({ kind: 'accepted', id: push.id }),
  status: () => ({ ready: true }),
  close: () => Promise.resolve(),
});
const provider: ProviderExports = { default: create };
export const push: Push = buildPush({ messageCount: 1 });
export const declare = (openScene: () => Scene) => testProvider({ name: 'typed', provider, openScene });
const onState = (state: LocalPushState) => state.kind;
export const line = (): LocalPush => connectLocalPush({ url: '', node: '', secret: '', onPush: ({ id }) => id, onState });
// @ts-expect-error -- a scene has to say how to make the service accept
export const wrong: Scene['situations'] = {};
`;
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

test('the built program takes the smallest provider of docs/writing-a-provider.md', async () => {
  const folder = createFolder({
    'my-provider.js': readExample().get('my-provider.js') ?? '',
    'package.json': '{"type":"module"}',
    'reveille.toml':
      '[component]\njid = "push.example.org"\nsecret = "s"\n[providers.acme]\nuse = "./my-provider.js"\nurl = "https://a.example/"\n',
  });
  const { exitCode, out, err } = await reveille(['check', '--config', join(folder, 'reveille.toml')], {}, main);
  assert.deepEqual([exitCode, err], [0, '']);
  assert.match(out, /acme \(\.\/my-provider\.js\)/);
});

test('a package with a provider tests it with the built reveille/testing, and has the types of all entries', async (context) => {
  const packageJson = readFileSync(join(root, 'package.json'), 'utf8');
  const example = createExamplePackage({ packageJson, links: { dist, node_modules: join(root, 'node_modules') } });
  context.after(() => example.delete());
  const { failed, passed, output } = await runTests(join(example.folder, 'index.test.js'));
  assert.deepEqual(failed, [], output);
  assert.deepEqual(skipReasons(output), ['none: it has no advise', 'none: it has no contentOf', 'none: it has no readAddress'], output);
  assert.ok(passed.length > 20, output);
  writeFileSync(
    join(example.folder, 'app.js'),
    "import { connectLocalPush } from 'reveille/local-push';\nconsole.log(connectLocalPush.name);\n",
  );
  assert.equal((await run(process.execPath, [join(example.folder, 'app.js')])).stdout, 'connectLocalPush\n');
  writeFileSync(join(example.folder, 'typed.ts'), typed);
  await run(process.execPath, [tsc, ...tscOptions, join(example.folder, 'typed.ts')], { cwd: example.folder });
});

test('the built program has the built-in REST handlers', async () => {
  const { loadHandlers } = (await import(
    join(dist, 'src/http/rest/load-handlers.js')
  )) as typeof import('../../src/http/rest/load-handlers.ts');
  const appserver = ['health', 'push', 'register', 'unregister'].map((name) => `/rest/push_appserver/v1/${name}`);
  assert.deepEqual([...(await loadHandlers(undefined)).keys()], ['/rest/push/unregister-device', ...appserver]);
});

test('declarations and migrations are part of the build, tests and sources are not', () => {
  assert.ok(existsSync(join(dist, 'src/index.d.ts')));
  assert.deepEqual(readdirSync(join(dist, 'src/registry/sql')), readdirSync('src/registry/sql'));
  assert.deepEqual(readdirSync(dist).toSorted(), ['local-push.js', 'providers', 'scripts', 'src']);
});

testInstalled(dist);
