import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * The arrows of docs/architecture.md: which room may import which. `types` stands for the type-only modules that a room
 * shares (provider.ts, provider-exports.ts, notification.ts, device.ts, registry.ts, credential-store.ts).
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  xmpp: ['log'],
  base: [],
  handlers: ['base', 'xmpp', 'types', 'push', 'own-text'],
  registry: ['clock', 'log', 'own-text', 'types'],
  push: ['types', 'clock', 'config', 'log'],
  config: ['base', 'types'],
  http: ['types', 'xmpp', 'log', 'own-text'],
  metrics: ['types', 'log'],
  doctor: ['config', 'registry', 'xmpp', 'log', 'types'],
  sandbox: [],
  testing: ['types'],
  clock: [],
  'own-text': [],
  log: [],
  types: [],
  index: ['types'],
  app: ['xmpp', 'handlers', 'registry', 'push', 'config', 'http', 'metrics', 'log', 'types'],
  cli: ['app', 'config', 'doctor', 'http', 'push', 'registry', 'sandbox', 'log', 'types'],
  main: ['cli'],
  providers: ['base', 'types'],
  scripts: ['types'],
};

/** Modules that hold a room's public words and no work. */
const types = new Set([
  'src/push/provider/provider.ts',
  'src/push/provider/provider-exports.ts',
  'src/push/provider/notification.ts',
  'src/http/rest/rest-handler.ts',
  'src/registry/devices/device.ts',
  'src/registry/registry.ts',
  'src/registry/credentials/credential-store.ts',
  'src/registry/deferred/deferred-store.ts',
  'src/index.ts',
]);

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly line: string;
}

function roomOf(file: string): string {
  const path = relative(root, file).split(sep).join('/');
  if (types.has(path)) return path === 'src/index.ts' ? 'index' : 'types';
  const [top = '', second = ''] = path.split('/');
  if (top !== 'src') return top;
  return second.startsWith('log') ? 'log' : second.replace(/\.ts$/, '');
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => join(root, folder, file));
}

function readArrows(): Arrow[] {
  return [...filesBelow('src'), ...filesBelow('providers'), ...filesBelow('scripts/rest')].flatMap((file) => {
    const imports = readFileSync(file, 'utf8').matchAll(/(?:^|\n)(?:import|export)[^;']*?from '(\.[^']+)'|import\('(\.[^']+)'\)/g);
    return [...imports].map((match) => {
      const target = resolve(dirname(file), match[1] ?? match[2] ?? '');
      return { from: roomOf(file), to: roomOf(target), line: `${relative(root, file)} → ${relative(root, target)}` };
    });
  });
}

describe('the architecture', () => {
  test('has no arrow that docs/architecture.md does not allow', () => {
    const arrows = readArrows();
    assert.ok(arrows.length > 150, `${arrows.length} imports read`);
    const wrong = arrows.filter(({ from, to }) => from !== to && !(allowed[from] ?? []).includes(to === 'index' ? 'types' : to));
    assert.deepEqual(
      wrong.map(({ line }) => line),
      [],
    );
  });

  test('has a drawing with every room in it', () => {
    const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
    for (const room of Object.keys(allowed)) assert.ok(page.includes(room), `docs/architecture.md does not name ${room}`);
  });

  test('has no file over 200 lines', () => {
    const long = [...filesBelow('src'), ...filesBelow('providers')].filter((file) => readFileSync(file, 'utf8').split('\n').length > 201);
    assert.deepEqual(
      long.map((file) => relative(root, file)),
      [],
    );
  });

  test('has no built-in provider known to src', () => {
    const knowing = filesBelow('src').filter(
      (file) => !file.includes(`${sep}sandbox${sep}`) && /providers\/(apns|fcm|log)/.test(readFileSync(file, 'utf8')),
    );
    assert.deepEqual(
      knowing.map((file) => relative(root, file)),
      [],
    );
  });
});
