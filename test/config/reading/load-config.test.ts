import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ConfigUnreadable } from '../../../src/config/mistakes/config-error.ts';
import { loadConfig } from '../../../src/config/reading/load-config.ts';
import { createFolder } from '../folder.ts';
import { loadText, mistakesOf, smallest, withLine } from '../read.ts';

test('the smallest configuration gets every default', () => {
  const config = loadText(smallest);
  const folder = dirname(config.file);
  assert.deepEqual(structuredClone({ ...config, file: '', providers: [] }), {
    file: '',
    component: {
      jid: 'push.example.org',
      server: { host: '127.0.0.1', port: 5347, tls: false },
      ca: undefined,
      connections: 1,
      admins: [],
      registrants: ['*'],
      publishers: 'owner-domain',
    },
    database: { dataDir: join(folder, '../data') },
    http: { listen: { host: '127.0.0.1', port: 5281 }, rest: undefined, trustProxy: false },
    log: { level: 'info', jids: false },
    delivery: { answerWithinMs: 20_000, defaultTtlMs: 14_400_000, voipTtlMs: 30_000, updateIntervalMs: 20_000 },
    limits: { devicesPerOwner: 25, registrationsPerMinute: 60, inFlight: 10_000 },
    providers: [],
    dialects: {},
  });
  assert.equal(config.component.secret, 'pass the word');
  assert.equal(config.database.url, undefined);
  assert.equal(config.database.key, undefined);
  assert.deepEqual(config.providers, [{ id: 'plain', use: 'log', options: {} }]);
});

test('JIDs are lower-cased and addresses taken apart', () => {
  const config = loadText(`
[component]
jid = "Push.Example.ORG"
server = "tls://[::1]:5348"
secret = "s"
admins = ["Admin@Example.org"]
registrants = ["Example.org"]
[http]
listen = "[::]:0"
[providers."a:1"]
use = "./mine.js"
`);
  assert.equal(config.component.jid, 'push.example.org');
  assert.deepEqual(config.component.server, { host: '::1', port: 5348, tls: true });
  assert.deepEqual(config.component.admins, ['admin@example.org']);
  assert.deepEqual(config.component.registrants, ['example.org']);
  assert.deepEqual(config.http.listen, { host: '::', port: 0 });
});

test('durations become milliseconds in every unit', () => {
  const ttl = (text: string): number => loadText(withLine('delivery', `default-ttl = "${text}"`)).delivery.defaultTtlMs;
  assert.deepEqual(['1000ms', '30s', '5m', '4h', '1d', '1.5h'].map(ttl), [1000, 30_000, 300_000, 14_400_000, 86_400_000, 5_400_000]);
});

test('the configuration is frozen to the bottom', () => {
  const config = loadText(withLine('providers.plain', 'nested = { list = [1, 2] }'));
  assert.ok(Object.isFrozen(config) && Object.isFrozen(config.component) && Object.isFrozen(config.component.registrants));
  assert.ok(Object.isFrozen(config.providers[0]!.options['nested']));
});

test('a TOML syntax error names file, line and column and quotes nothing', () => {
  const [line, ...more] = mistakesOf('[component]\nsecret = "hunter2" oops\n');
  assert.match(line!, /^\/etc\/reveille\.toml:2:\d+: not TOML: /);
  assert.doesNotMatch(line!, /hunter2/);
  assert.deepEqual(more, []);
});

test('a missing file and a folder in its place are told apart from mistakes', () => {
  const folder = createFolder({});
  assert.throws(
    () => loadConfig(join(folder, 'none.toml')),
    (error) => error instanceof ConfigUnreadable && /there is no such file/.test(error.message),
  );
  assert.throws(
    () => loadConfig(folder),
    (error) => error instanceof ConfigUnreadable && /it is a folder/.test(error.message),
  );
});
