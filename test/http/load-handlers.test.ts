import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadHandlers } from '../../src/http/rest/load-handlers.ts';
import { matchRoute } from '../../src/http/rest/match-route.ts';
import { createFolder } from '../config/folder.ts';

const builtIn = [
  '/rest/push/unregister-device',
  ...['health', 'push', 'register', 'unregister'].map((name) => `/rest/push_appserver/v1/${name}`),
];
const handler = 'export default () => ({ body: "mine" });';

async function mistakes(files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = createFolder(files);
  try {
    await loadHandlers(folder);
  } catch (error) {
    assert.ok(error instanceof AggregateError);
    return error.errors.map((one: Error) => one.message.replaceAll(`${folder}/`, ''));
  }
  return assert.fail('it loaded');
}

test('without a folder there are the built-in handlers', async () => {
  assert.deepEqual([...(await loadHandlers(undefined)).keys()], builtIn);
});

test('each file becomes the route of its path, whatever of the three kinds it is; the built-in ones stay', async () => {
  const typed =
    'const answer: () => undefined = () => undefined;\nexport default answer;\nexport const methods: string[] = ["GET", "PUT"];';
  const handlers = await loadHandlers(createFolder({ 'one.js': handler, 'two.mjs': handler, 'deep/er/three.ts': typed }));
  assert.deepEqual([...handlers.keys()].toSorted(), ['/rest/deep/er/three', '/rest/one', ...builtIn, '/rest/two']);
  assert.deepEqual(handlers.get('/rest/one')?.methods, ['POST']);
  assert.deepEqual(handlers.get('/rest/deep/er/three')?.methods, ['GET', 'PUT']);
});

test('a file of the same path takes the place of a built-in handler', async () => {
  const handlers = await loadHandlers(createFolder({ 'push/unregister-device.js': handler }));
  const mine = handlers.get('/rest/push/unregister-device')?.handle({} as never, {} as never);
  assert.deepEqual([handlers.size, mine], [builtIn.length, { body: 'mine' }]);
});

test('hidden files, those with an underscore, declarations and other kinds of files are no routes', async () => {
  const broken = 'this is no JavaScript';
  const files = ['.hidden.js', '.git/x.js', '_lib/x.js', '_x.js', 'x.d.ts', 'README.md', 'x.json', 'x.js.bak', 'x.cjs'];
  const handlers = await loadHandlers(createFolder(Object.fromEntries(files.map((file) => [file, broken]))));
  assert.equal(handlers.size, builtIn.length);
});

test('every handler that can not be used is named, with the reason', async () => {
  const found = await mistakes({
    'broken.js': 'this is no JavaScript',
    'missing.js': 'import "./not-there.js";',
    'throws.js': 'throw new Error("no\\nmoon")',
    'empty.js': 'export const answer = 42;',
    'bytes.js': `${handler} export const maxBytes = 8193;`,
    'methods.js': `${handler} export const methods = ["get"];`,
  });
  const expected = [
    /^http\.rest: broken\.js: /,
    /^http\.rest: bytes\.js: its "maxBytes" is not a number from 1 to 8192$/,
    /^http\.rest: empty\.js: it has no default export that is a function$/,
    /^http\.rest: methods\.js: its "methods" are not a list of methods such as \["GET", "POST"\]$/,
    /^http\.rest: missing\.js: .*not-there\.js/,
    /^http\.rest: throws\.js: no moon$/,
  ];
  assert.equal(found.length, expected.length, found.join('\n'));
  for (const [index, line] of expected.entries()) assert.match(found[index]!, line);
});

test('names that are no path and two files of one route are refused', async () => {
  assert.deepEqual(await mistakes({ 'a b.js': handler, 'c.test.js': handler, 'd.js': handler, 'd.mjs': handler }), [
    'http.rest: a b.js: a route has letters, digits, "-" and "_"; begin other files with "_"',
    'http.rest: c.test.js: a route has letters, digits, "-" and "_"; begin other files with "_"',
    'http.rest: d.mjs: d.js is the same route, /rest/d',
  ]);
});

test('a folder that is not there is refused, and so is one that contains itself', async () => {
  await assert.rejects(loadHandlers('/nonexistent/rest'), (error: AggregateError) =>
    /^http\.rest: .*\/nonexistent\/rest/.test((error.errors[0] as Error).message),
  );
  const folder = createFolder({});
  mkdirSync(join(folder, 'a'));
  symlinkSync(folder, join(folder, 'a/again'));
  await assert.rejects(loadHandlers(folder), (error: AggregateError) => /8 deep at most/.test((error.errors[0] as Error).message));
});

test('the longest route that begins a path answers, and the rest of it, decoded, is its parameters', async () => {
  const handlers = await loadHandlers(createFolder({ 'a.js': handler, 'a/b.js': handler }));
  const match = (path: string) => {
    const found = matchRoute(handlers, path);
    return found && [found.route, ...found.parameters];
  };
  assert.deepEqual(match('/rest/a/b/c%2Fd/%C3%A9'), ['/rest/a/b', 'c/d', 'é']);
  assert.deepEqual(match('/rest/a/c'), ['/rest/a', 'c']);
  assert.deepEqual(match('/rest/a'), ['/rest/a']);
  assert.deepEqual(match('/rest/a/'), ['/rest/a', '']);
  assert.deepEqual(match('/unregister-device/push.example.org'), ['/rest/push/unregister-device', 'push.example.org']);
  for (const path of [
    '',
    '/',
    '/rest',
    '/rest/',
    '/rest/A',
    '/rest/%61',
    '/rest/../rest/a',
    '/REST/a',
    '/rest//a',
    '/rest/ab',
    '/rest/a/%',
    '/rest/a/%ff',
  ])
    assert.equal(match(path), undefined, path);
});
