import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { withoutRelayer } from '../../src/app/build-push2.ts';
import { createFolder } from '../config/folder.ts';
import { type Ended, reveille } from './reveille.ts';

const component = '[component]\njid = "push.example.org"\nsecret = "pass the word"\n';

async function check(text: string, files: Readonly<Record<string, string>> = {}): Promise<Ended & { lines: string[] }> {
  const folder = createFolder({ ...files, 'reveille.toml': text });
  const ended = await reveille(['check', '--config', join(folder, 'reveille.toml')]);
  return { ...ended, lines: ended.out.replaceAll(folder, '').split('\n').slice(0, -1) };
}

test('a sound configuration is confirmed in one line', async () => {
  const { exitCode, err, lines } = await check(`${component}[providers.plain]\nuse = "log"\n`);
  assert.deepEqual({ exitCode, err, lines }, { exitCode: 0, err: '', lines: ['/reveille.toml: no mistakes; providers: plain (log)'] });
});

test('Push 2.0 without a provider that could take part in it is a mistake', async () => {
  const push2 = '[dialects]\npush2 = { allow-hosts = ["push.example"] }\n';
  const { exitCode, lines } = await check(`${component}${push2}[providers.plain]\nuse = "log"\n`);
  assert.deepEqual([exitCode, lines], [1, [withoutRelayer]]);
});

test('a certificate of the port for devices that can not be used is a mistake, which quotes nothing of it', async () => {
  const table = '[local-push]\nproviders = ["plain"]\nlisten = "127.0.0.1:0"\ncert-file = "cert.pem"\nkey-file = "key.pem"\n';
  const { exitCode, out, lines } = await check(`${component}${table}[providers.plain]\nuse = "log"\n`, {
    'cert.pem': '-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n',
    'key.pem': 'secret-of-somebody',
  });
  assert.deepEqual([exitCode, lines], [1, ['local-push.cert-file: there is no certificate in PEM in it']]);
  assert.doesNotMatch(out, /bm90IG9uZQ|secret-of-somebody/);
});

test('five different mistakes are five lines that say where, what was expected and what was meant', async () => {
  const { exitCode, err, lines } = await check(`
[component]
jid = "push.example.org"
secret = { env = "REVEILLE_SECRET" }
conections = 2
[delivery]
answer-within = "5 minutes"
[providers."tigase:messenger:apns:1"]
use = "apns"
topic = "org.example.app"
[providers."snikket:apns:1"]
use = "apns"
environment = "prod"
`);
  assert.deepEqual({ exitCode, err }, { exitCode: 1, err: '' });
  assert.deepEqual(lines, [
    'component.secret: expected the environment variable REVEILLE_SECRET to hold the value, found it not set',
    'component.conections: unknown key, did you mean "connections"?',
    'delivery.answer-within: expected a duration from "100ms" to "30s" (units: ms, s, m, h, d), found "5 minutes"',
    'providers."tigase:messenger:apns:1".topic: unknown key, did you mean "apns-topic"?',
    'providers."snikket:apns:1".environment: expected "production" or "sandbox", found "prod"',
  ]);
});

test('a TOML syntax error is one line with its place', async () => {
  const { exitCode, lines } = await check('[component]\njid = push.example.org\n');
  assert.deepEqual([exitCode, lines.length], [1, 1]);
  assert.match(lines[0]!, /^\/reveille\.toml:2:\d+: not TOML: /);
});

test('a provider that can not be created is a line with its table', async () => {
  const { exitCode, lines } = await check(`${component}[providers.mine]\nuse = "./mine.js"\n[providers.other]\nuse = "./other.js"\n`, {
    'mine.js': 'export default () => { throw new AggregateError([new Error("key-file: no such file"), new Error("the moon\\nis full")]) }',
    'other.js': 'export const answer = 42',
  });
  assert.equal(exitCode, 1);
  assert.deepEqual(lines, [
    'providers.mine.key-file: no such file',
    'providers.mine: the moon is full',
    'providers.other: "./other.js" has no default export that creates a provider',
  ]);
});

test('every provider that was loaded is closed again, and one that leaves a timer running keeps nobody waiting', async () => {
  const { exitCode, lines, err } = await check(`${component}[providers.mine]\nuse = "./mine.js"\n`, {
    'mine.js':
      'export default () => { setInterval(() => {}, 1000); return { push() {}, status: () => ({ ready: true }), async close() { console.error("closed") } } }',
  });
  assert.deepEqual([exitCode, err, lines.length], [0, 'closed\n', 1]);
});

test('a credential that has ended is a mistake, though the provider would start with it', async () => {
  const { exitCode, lines } = await check(`${component}[providers.mine]\nuse = "./mine.js"\n`, {
    'mine.js':
      'export default () => ({ push() {}, status: () => ({ ready: false, reason: "the certificate ended on 2025-03-04", credentialExpiresAt: new Date(0) }), async close() {} })',
  });
  assert.deepEqual([exitCode, lines], [1, ['providers.mine: the certificate ended on 2025-03-04']]);
});

test('a REST handler that can not be used is a line with its file', async () => {
  const files = { 'rest/lab/mine.js': 'export const answer = 42', 'rest/other.js': 'export default () => undefined' };
  const { exitCode, lines } = await check(`${component}[http]\nrest = "rest"\n[providers.plain]\nuse = "log"\n`, files);
  assert.deepEqual([exitCode, lines], [1, ['http.rest: /rest/lab/mine.js: it has no default export that is a function']]);
});

test('a status page that other machines reach is no mistake, and warned of', async () => {
  const { exitCode, err, lines } = await check(
    `${component}[admin]\nlisten = "0.0.0.0:5282"\ntoken = "sixteen-characters-or-more"\n[providers.plain]\nuse = "log"\n`,
  );
  assert.deepEqual({ exitCode, lines }, { exitCode: 0, lines: ['/reveille.toml: no mistakes; providers: plain (log)'] });
  assert.match(err, /^warning: admin\.listen: other machines reach 0\.0\.0\.0, and there is no TLS: .*ssh -L.*\n$/);
});
