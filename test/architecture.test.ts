import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, test } from 'node:test';
import { describeRooms, pageOfRooms } from '../scripts/rooms.ts';
import { findCircles } from './helpers/find-circles.ts';

const root = join(import.meta.dirname, '..');

/**
 * The arrows of docs/architecture.md: which room may import which. Everybody may import `base`, and `types`, the modules that
 * hold a room's public words and no work.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  base: [],
  types: [],
  log: [],
  xmpp: ['log'],
  handlers: ['xmpp', 'push'],
  registry: ['log'],
  push: ['config', 'log'],
  config: [],
  http: ['xmpp', 'push', 'log'],
  'local-push': ['push', 'log'],
  metrics: ['log'],
  admin: ['http', 'metrics', 'push', 'log'],
  doctor: ['config', 'push', 'registry', 'xmpp', 'log', 'http'],
  sandbox: [],
  importing: [],
  testing: ['push'],
  'local-push-client': [],
  app: ['xmpp', 'handlers', 'registry', 'push', 'config', 'http', 'local-push', 'metrics', 'admin', 'log'],
  cli: ['admin', 'app', 'config', 'doctor', 'http', 'importing', 'push', 'registry', 'sandbox', 'log'],
  main: ['cli'],
  providers: [],
  scripts: [],
};

const types = new Set([
  'src/push/provider/provider.ts',
  'src/push/provider/provider-exports.ts',
  'src/push/provider/sealed.ts',
  'src/push/provider/notification.ts',
  'src/http/rest/rest-handler.ts',
  'src/registry/devices/device.ts',
  'src/registry/registry.ts',
  'src/registry/credentials/credential-store.ts',
  'src/registry/deferred/deferred-store.ts',
  'src/index.ts',
]);

/** Beyond it nobody sees at a glance what a folder holds. */
const widest = 14;
const longest = 200;
const roots = ['src', 'providers', 'scripts', 'bench', 'test'];

interface Arrow {
  /** Paths below the root. */
  readonly from: string;
  readonly to: string;
}

const arrows = readArrows();
const show = (wrong: readonly string[], whatToDo: string) => assert.equal(wrong.join('\n'), '', `\n${wrong.join('\n')}\n${whatToDo}`);

function roomOf(file: string): string {
  if (types.has(file)) return 'types';
  const [top = '', second = ''] = file.split('/');
  return top === 'src' ? second.replace(/\.ts$/, '') : top;
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => join(folder, file).split(sep).join('/'));
}

function readArrows(): readonly Arrow[] {
  return roots.flatMap(filesBelow).flatMap((from) => {
    const imports = readFileSync(join(root, from), 'utf8').matchAll(
      /(?:^|\n)(?:import|export)[^;']*?from '(\.[^']+)'|import\('(\.[^']+)'\)/g,
    );
    return [...imports].map((match) => {
      const to = relative(root, resolve(root, dirname(from), match[1] ?? match[2] ?? ''));
      return { from, to: to.split(sep).join('/') };
    });
  });
}

/** The two folders in which an arrow's ends lie below their closest common one; undefined where one end lies there itself. */
function siblingsOf({ from, to }: Arrow): Arrow | undefined {
  const [left, right] = [from.split('/'), to.split('/')];
  const common = left.findIndex((part, index) => part !== right[index]);
  if (common >= left.length - 1 || common >= right.length - 1) return undefined;
  return { from: left.slice(0, common + 1).join('/'), to: right.slice(0, common + 1).join('/') };
}

describe('the architecture', () => {
  test('has no arrow that docs/architecture.md does not allow', () => {
    const inside = arrows.filter(({ from }) => /^(src|providers|scripts\/rest)\//.test(from));
    assert.ok(inside.length > 150, `${inside.length} imports read`);
    const wrong = inside.filter(({ from, to }) => {
      const [here, there] = [roomOf(from), roomOf(to)];
      return here !== there && there !== 'base' && there !== 'types' && !(allowed[here] ?? []).includes(there);
    });
    show(
      wrong.map(({ from, to }) => `${from} → ${to}`),
      'A room imports one that it may not know. Hand the thing in as an argument, move what knows nothing of pushes to src/base, ' +
        'or, where the new arrow is right, add it here and to the table of docs/architecture.md.',
    );
  });

  test('has no files that import each other in a circle, not for types either', () => {
    show(
      findCircles(arrows).map((circle) => circle.join(' ⇄ ')),
      'Move what both sides need, often a type, to the side that needs nothing of the other, or into a file of its own.',
    );
  });

  test('has no rooms beside each other that need each other', () => {
    const working = arrows.filter(({ from, to }) => /^(src|providers)\//.test(from) && !types.has(to));
    const between = working.flatMap((arrow) => siblingsOf(arrow) ?? []);
    show(
      findCircles(between).map((circle) => circle.join(' ⇄ ')),
      'Two rooms that can only be understood together are one room; else move the file that makes the second arrow.',
    );
  });

  test(`has no folder with more than ${widest} files`, () => {
    const widths = Map.groupBy(roots.flatMap(filesBelow), dirname);
    show(
      [...widths].filter(([, files]) => files.length > widest).map(([folder, files]) => `${folder}: ${files.length}`),
      'Find the two ideas in it and give each a folder, named with the word of the field; git mv keeps the history.',
    );
  });

  test('says of each room what comes in, what goes out and who may enter, and docs/rooms.md shows it', () => {
    const rooms = describeRooms(root);
    const folders = [...new Set([...filesBelow('src'), ...filesBelow('providers')].map(dirname))].filter((folder) => folder !== 'src');
    show(
      folders.filter((folder) => rooms.filter((room) => room.folder === folder).length !== 1),
      'Begin the entry file of the folder, and no other in it, with: // Room: what it is. In: …. Out: …. May enter: ….',
    );
    assert.equal(readFileSync(join(root, 'docs/rooms.md'), 'utf8'), pageOfRooms(rooms), 'Run: node scripts/run.mjs scripts/rooms.ts');
  });

  test('has a drawing with every room in it', () => {
    const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
    for (const room of Object.keys(allowed)) assert.ok(page.includes(room), `docs/architecture.md does not name ${room}`);
  });

  test('is told in pages that name files that there are', () => {
    const pages = readdirSync(join(root, 'docs')).filter((page) => page.endsWith('.md'));
    const named = pages.flatMap((page) =>
      [...readFileSync(join(root, 'docs', page), 'utf8').matchAll(/[`(]((?:\.\.\/)?(?:[\w-]+\/)+[\w.-]+\.ts)[`)]/g)].map(
        ([, path = '']) => ({
          page,
          path: path.replace(/^\.\.\//, ''),
        }),
      ),
    );
    assert.ok(named.length > 50, `${named.length} files named`);
    const missing = named.filter(
      ({ path }) => !path.includes('NAME') && !existsSync(join(root, path)) && !existsSync(join(root, 'src', path)),
    );
    show(
      missing.map(({ page, path }) => `${page}: ${path}`),
      'These pages name files that are not there (any more).',
    );
  });

  test('takes node:http from src/base/node/http.ts, types aside', () => {
    const importing = roots
      .flatMap(filesBelow)
      .filter((file) => /^import (?!type ).*'(node:)?http'/m.test(readFileSync(join(root, file), 'utf8')));
    show(importing, 'An import loads all of fetch() as well; that file says why.');
  });

  test(`has no file over ${longest} lines`, () => {
    const long = [...filesBelow('src'), ...filesBelow('providers')].filter(
      (file) =>
        readFileSync(join(root, file), 'utf8')
          .replace(/^\/\/ Room: .*\n(\/\/ .*\n)*/, '')
          .trim()
          .split('\n').length > longest,
    );
    show(long, 'A smell: look whether it holds two ideas, and split it there if so.');
  });

  test('has no built-in provider known to src', () => {
    const knowing = filesBelow('src').filter(
      (file) => !file.includes('/sandbox/') && /providers\/(apns|fcm|log)/.test(readFileSync(join(root, file), 'utf8')),
    );
    show(knowing, 'A built-in provider comes in by import(), as a third party’s does.');
  });
});
