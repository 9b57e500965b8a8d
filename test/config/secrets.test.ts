import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { loadText, mistakesOf, smallest, withLine } from './read.ts';

const key = Buffer.alloc(32, 7).toString('base64');
const everywhere = `
[component]
jid = "push.example.org"
secret = { env = "REVEILLE_SECRET" }
[database]
url = "postgres://reveille:hunter2@db/reveille"
key = { file = "../key.txt" }
previous-key = { file = "../key.txt" }
[providers.p]
use = "log"
cert-password = "hunter2"
server-secret = "hunter2"
proxy = "http://user:hunter2@proxy:3128"
proxies = ["http://direct:3128", "http://user:hunter2@proxy:3128"]
innocent = { env = "REVEILLE_SECRET" }
several = ["plain", { env = "REVEILLE_SECRET" }]
cert-file = "apns.p12"
nested = { api-key = "hunter2" }
`;
const load = (): ReturnType<typeof loadText> => loadText(everywhere, { REVEILLE_SECRET: 'hunter2' }, { 'key.txt': `${key}\n` });

test('secrets come from the file itself, the environment or another file', () => {
  const config = load();
  assert.equal(config.component.secret, 'hunter2');
  assert.deepEqual(config.database.key, Buffer.alloc(32, 7));
  assert.deepEqual(config.database.previousKey, Buffer.alloc(32, 7));
  assert.equal(config.providers[0]!.options['innocent'], 'hunter2');
  assert.deepEqual(config.providers[0]!.options['several'], ['plain', 'hunter2']);
});

test('neither inspection nor JSON shows a secret, and both show the rest', () => {
  const config = load();
  for (const shown of [inspect(config, { depth: 9 }), JSON.stringify(config), inspect(config.providers[0]!.options)]) {
    assert.doesNotMatch(shown, /hunter2/);
    assert.ok(!shown.includes(key) && !shown.includes('07 07 07'));
    assert.match(shown, /apns\.p12/);
  }
});

test('a provider that spreads or enumerates its options still gets its secrets', () => {
  const { options } = load().providers[0]!;
  assert.equal({ ...options }['cert-password'], 'hunter2');
  assert.deepEqual(Object.keys(options), [
    'cert-password',
    'server-secret',
    'proxy',
    'proxies',
    'innocent',
    'several',
    'cert-file',
    'nested',
  ]);
});

test('a variable that is not set and a file that is not there are named', () => {
  assert.deepEqual(mistakesOf(withLine('providers.plain', 'a = { env = "NO_SUCH" }\nb = { file = "none.txt" }')), [
    'providers.plain.a: expected the environment variable NO_SUCH to hold the value, found it not set',
    "providers.plain.b: expected a file that holds the value, can't read /etc/none.txt: there is no such file",
  ]);
});

test('a missing variable is one mistake even where the key is required', () => {
  assert.deepEqual(mistakesOf(smallest.replace('"pass the word"', '{ env = "NO_SUCH" }')), [
    'component.secret: expected the environment variable NO_SUCH to hold the value, found it not set',
  ]);
});

test('a mistaken value from the environment is never shown', () => {
  const lines = mistakesOf(withLine('log', 'level = { env = "LEVEL" }'), { LEVEL: 'hunter2' });
  assert.deepEqual(lines, [
    'log.level: expected "debug" or "info" or "warn" or "error" or "silent", found a string from the environment variable LEVEL (not shown)',
  ]);
});

test('a secret of the wrong type is never shown', () => {
  assert.deepEqual(mistakesOf(smallest.replace('"pass the word"', '12345')), [
    'component.secret: expected the secret shared with the server, found a number (not shown)',
  ]);
});
