import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { listProviderMistakes } from '../../src/cli/provider-mistakes.ts';
import { readWithMistakes } from '../../src/cli/reading.ts';
import { createLog } from '../../src/log/log.ts';
import { loadProvider } from '../../src/push/loading/load-providers.ts';
import { findLeaks } from '../log/leaks.ts';
import { createFolder } from './folder.ts';
import { listKeys } from './keys.ts';

/** What stands where something else belongs: each holds a mark that must not be found in what is said about it. */
const wrongForms: Readonly<Record<string, (mark: string) => string>> = {
  word: (mark) => mark,
  'words in lines': (mark) => `first ${mark}\nsecond`,
  'private key': (mark) => pemWith(mark),
  'private key with escaped line feeds': (mark) => pemWith(mark).replaceAll('\n', '\\n'),
  'private key in base64': (mark) => Buffer.from(`${pemWith(mark)}${mark}`).toString('base64'),
  'service account': (mark) => JSON.stringify({ type: 'service_account', private_key: mark, client_email: mark }),
  'broken JSON': (mark) => `{"private_key": "${mark}`,
  'proxy without scheme': (mark) => `user:${mark}@host:3128`,
  'proxy with a stray %': (mark) => `http://user:%${mark}@host:3128`,
  'address with password': (mark) => `ftp://user:${mark}@host/x`,
  'database with a loose slash': (mark) => `postgres://user:a/${mark}@host/db`,
  "libpq's form": (mark) => `host=db user=x password=${mark}`,
  'bearer token': (mark) => `Bearer ${mark}`,
  token: (mark) => `${mark}${randomBytes(24).toString('hex')}`,
};

/** How a value gets into the configuration. Written out it is a secret only if the option or its looks say so. */
const ways: Readonly<Record<string, (value: string) => { readonly toml: string; readonly env: NodeJS.ProcessEnv; readonly file: string }>> =
  {
    'from a variable': (value) => ({ toml: '{ env = "MARKED" }', env: { MARKED: value }, file: '' }),
    'from a file': (value) => ({ toml: '{ file = "marked.txt" }', env: {}, file: value }),
    'in a list from a variable': (value) => ({ toml: '[{ env = "MARKED" }]', env: { MARKED: value }, file: '' }),
    'written out': (value) => ({ toml: JSON.stringify(value), env: {}, file: '' }),
  };

function pemWith(mark: string): string {
  const body = Buffer.from(`not a key at all ${mark}`).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${mark}${body}\n-----END PRIVATE KEY-----\n`;
}

const p8 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const sound: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  apns: { 'apns-topic': '"org.example.app"', 'key-file': '"key.p8"', 'key-id': '"ABCDEFGHIJ"', 'team-id': '"ABCDEFGHIJ"' },
  fcm: { 'service-account-file': '"none.json"' },
};

/** A configuration that is sound but for this one value. */
function write(key: string, toml: string): string {
  const tables: Record<string, Record<string, string>> = {
    component: { jid: '"push.example.org"', secret: '"pass the word"' },
    'providers.p': { use: '"log"' },
  };
  const [, use, option] = /^use=(\w+)\.(.+)$/.exec(key) ?? [];
  if (use !== undefined && option !== undefined) tables['providers.p'] = { use: JSON.stringify(use), ...sound[use], [option]: toml };
  else if (key === 'providers.use') tables['providers.p'] = { use: toml };
  else {
    const [table = '', name = ''] = key.split('.');
    tables[table] = { ...tables[table], [name]: toml };
  }
  const lines = (table: Record<string, string>) => Object.entries(table).map(([name, value]) => `${name} = ${value}`);
  return Object.entries(tables)
    .map(([name, table]) => [`[${name}]`, ...lines(table)].join('\n'))
    .join('\n');
}

/** Everything that `check` (and so `serve`, `push` and `doctor`) would say. */
async function said(text: string, env: NodeJS.ProcessEnv, file: string, mayBeRight = false): Promise<readonly string[]> {
  const folder = createFolder({ 'reveille.toml': text, 'key.p8': p8, 'marked.txt': file });
  const path = join(folder, 'reveille.toml');
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => void lines.push(line) });
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    const reading = readWithMistakes(path);
    if (reading.kind === 'mistaken') lines.push(...reading.mistakes);
    for (const config of reading.kind === 'sound' ? reading.config.providers : reading.providers) {
      try {
        const provider = await loadProvider(config, path, log);
        if (!mayBeRight) lines.push(JSON.stringify(provider.status()));
        await provider.close();
      } catch (error) {
        lines.push(...listProviderMistakes(error, config), (error as Error).stack ?? '');
      }
    }
  } finally {
    process.env = before;
  }
  return lines.map((line) => line.replaceAll(dirname(path), ''));
}

/** An app's topic may be any word: where it is taken for one, its provider names it. */
const rightSomewhere = new Set(['word', 'token']);

/** Words that anybody may read, where the option is one: an app's topic, the text of an alert … */
const tellable = new Set(['word', 'words in lines']);

for (const [way, give] of Object.entries(ways)) {
  test(`no option tells a value that may be a secret, ${way}`, async () => {
    const keys = await listKeys();
    assert.ok(keys.length > 40);
    let told = 0;
    for (const key of keys) {
      for (const [form, build] of Object.entries(wrongForms)) {
        if (way === 'written out' && tellable.has(form)) continue;
        const mark = `Zq${randomBytes(9).toString('hex')}`;
        const { toml, env, file } = give(build(mark));
        const lines = await said(write(key, toml), env, file, rightSomewhere.has(form));
        told += lines.length;
        // A variable named by a reference, a file's name and the key itself may be told.
        const leaks = findLeaks(lines, new Map([[`${key}, ${form}`, mark]]));
        assert.deepEqual(leaks, [], `${key}, ${form}, ${way}`);
      }
    }
    assert.ok(told > 100, `${told} lines were searched`);
  });
}

test('a key in place of its path is accepted from a variable, and where it is no key the message says where it came from', async () => {
  const text = write('use=apns.key-file', '{ env = "MARKED" }');
  const [status = ''] = await said(text, { MARKED: p8 }, '');
  assert.equal((JSON.parse(status) as { ready: boolean }).ready, true);
  const [line] = await said(text, { MARKED: pemWith('broken') }, '');
  assert.equal(
    line,
    'providers.p.key-file: the content of the environment variable MARKED is not a private key; take the .p8 file from Apple as it is',
  );
  const [path] = await said(text, { MARKED: '/nowhere/AuthKey.p8' }, '');
  assert.equal(path, 'providers.p.key-file: the file that the environment variable MARKED names does not exist');
});
