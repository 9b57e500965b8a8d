import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'smol-toml';
import { readBuiltInOptions } from '../../../scripts/schema.ts';
import { checkOptions } from '../../../src/config/check-options.ts';
import type { Config } from '../../../src/config/config.ts';
import { listKeys } from '../keys.ts';
import { loadText } from '../read.ts';

const example = readFileSync('etc/reveille.example.toml', 'utf8');
/** Optional keys and tables stand as `#key = value` and `#[table]`, without a space; prose as `# text`. */
const uncommented = example.replace(/^#(?=[a-z][a-z0-9_-]* = |\[)/gm, '');
const env = {
  REVEILLE_SECRET: 'pass the word',
  REVEILLE_KEY: Buffer.alloc(32).toString('base64'),
  REVEILLE_PREVIOUS_KEY: Buffer.alloc(32, 1).toString('base64'),
  REVEILLE_ADMIN_TOKEN: 'sixteen-characters',
  REVEILLE_APNS_PASSWORD: 'x',
  REVEILLE_PUSHKIT_PASSWORD: 'x',
  REVEILLE_PROXY: 'http://user:pass@proxy:3128',
};

function load(text: string): Config {
  // The trust anchors are the one file that is read at once; the example's name for it stands for none.
  return loadText(text.replace(/^ca-file = "xmpp-ca.pem"$/m, ''), env);
}

test('the example names its schema in the first line', () => {
  assert.match(example, /^#:schema \.\/reveille\.schema\.json\n/);
});

test('the example loads as it is', () => {
  assert.equal(load(example).component.jid, 'push.example.org');
});

test('the example loads with every optional key, and its providers accept their tables', async () => {
  const config = load(uncommented);
  const builtIn = await readBuiltInOptions();
  assert.deepEqual(config.providers.map(({ use }) => use).toSorted(), [...builtIn.keys()].toSorted());
  for (const { id, use, options } of config.providers) assert.deepEqual(checkOptions(builtIn.get(use)!, options, ['providers', id]), []);
});

test('the optional keys of the core show their defaults', () => {
  const shown = load(uncommented);
  const defaults = load(example);
  // These have no default to show, so they show an example.
  const without = ({ component, http, database, ...rest }: Config): unknown => ({
    ...rest,
    component: { ...component, admins: [] },
    http: { ...http, rest: undefined },
    database: { ...database, dataDir: database.dataDir.replace(/.*\//, '') },
    file: '',
    providers: [],
    // Its token has no default.
    admin: undefined,
    // Without a word they follow from the providers, of which the example as it is has but one.
    dialects: {},
    // On where its table is there.
    localPush: undefined,
  });
  assert.deepEqual(without(shown), without(defaults));
});

test('the example has every key of the schemas, commented or not, and no other', async () => {
  const { providers, ...tables } = parse(uncommented) as Record<string, Record<string, unknown>>;
  const keysOf = (name: string, table: object): string[] =>
    Object.keys(table).map((key) => (key === 'use' ? 'providers.use' : `${name}.${key}`));
  const shown = Object.entries(tables).flatMap(([name, table]) => keysOf(name, table));
  const ofProviders = Object.values(providers!).flatMap((table) => keysOf(`use=${(table as { use: string }).use}`, table as object));
  assert.deepEqual([...new Set([...shown, ...ofProviders])].toSorted(), (await listKeys()).toSorted());
});
