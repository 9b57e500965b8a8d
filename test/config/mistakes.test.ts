import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistakesOf, smallest, withLine } from './read.ts';

const duration = (shortest: string, longest: string): string =>
  `expected a duration from "${shortest}" to "${longest}" (units: ms, s, m, h, d)`;

/** Table, line added to the smallest configuration, and the whole complaint. */
const rows: readonly (readonly [table: string, line: string, complaint: string])[] = [
  ['component', 'connections = 0', 'component.connections: expected a whole number from 1 to 64, found 0'],
  ['component', 'connections = 65', 'component.connections: expected a whole number from 1 to 64, found 65'],
  ['component', 'connections = 1.5', 'component.connections: expected a whole number from 1 to 64, found 1.5'],
  ['component', 'connections = "2"', 'component.connections: expected a whole number from 1 to 64, found "2"'],
  [
    'component',
    'server = "localhost"',
    'component.server: expected host:port or tls://host:port (an IPv6 address in brackets), found "localhost"',
  ],
  [
    'component',
    'server = "::1:5347"',
    'component.server: expected host:port or tls://host:port (an IPv6 address in brackets), found "::1:5347"',
  ],
  [
    'component',
    'server = "h:70000"',
    'component.server: expected host:port or tls://host:port (an IPv6 address in brackets), found "h:70000"',
  ],
  ['component', 'admins = "me@example.org"', 'component.admins: expected a list, found "me@example.org"'],
  ['component', 'admins = ["example.org"]', 'component.admins[1]: expected a bare JID such as "admin@example.org", found "example.org"'],
  ['component', 'admins = ["a@b.c/d"]', 'component.admins[1]: expected a bare JID such as "admin@example.org", found "a@b.c/d"'],
  ['component', 'registrants = ["a@b"]', 'component.registrants[1]: expected a domain such as "example.org", or "*", found "a@b"'],
  ['component', 'publishers = "all"', 'component.publishers: expected "owner-domain" or "any", found "all"'],
  ['component', 'conections = 2', 'component.conections: unknown key, did you mean "connections"?'],
  ['component', 'max_connections = 2', 'component.max_connections: unknown key, did you mean "connections"?'],
  ['database', 'url = "mysql://x"', 'database.url: expected a URL such as "postgres://user@host/database", found "mysql://x"'],
  [
    'database',
    'key = "c2hvcnQ="',
    'database.key: expected 32 bytes in base64 (openssl rand -base64 32 makes them), found a string (not shown)',
  ],
  ['database', 'dir = "x"', 'database.dir: unknown key, did you mean "data-dir"?'],
  [
    'admin',
    'token = "short"',
    'admin.token: expected at least 16 letters, digits and signs without blanks (openssl rand -base64 32 makes one), found a string (not shown)',
  ],
  ['http', 'listen = "5281"', 'http.listen: expected host:port such as "127.0.0.1:5281" or "[::1]:5281", found "5281"'],
  ['http', 'trust-proxy = "yes"', 'http.trust-proxy: expected true or false, found "yes"'],
  ['log', 'level = "verbose"', 'log.level: expected "debug" or "info" or "warn" or "error" or "silent", found "verbose"'],
  ['log', 'zzzzzzzz = 1', 'log.zzzzzzzz: unknown key, expected one of: level, jids'],
  ['delivery', 'answer-within = "31s"', `delivery.answer-within: ${duration('100ms', '30s')}, found "31s"`],
  ['delivery', 'default-ttl = 30', `delivery.default-ttl: ${duration('1s', '28d')}, found 30`],
  ['delivery', 'voip-ttl = "soon"', `delivery.voip-ttl: ${duration('1s', '1h')}, found "soon"`],
  ['limits', 'in-flight = 0', 'limits.in-flight: expected a whole number from 1 to 1000000, found 0'],
  ['limits', 'devices-per-owner = -1', 'limits.devices-per-owner: expected a whole number from 1 to 1000, found -1'],
  ['limits', 'registrations = 1', 'limits.registrations: unknown key, did you mean "registrations-per-minute"?'],
  ['providers."x y"', 'use = "log"', 'providers."x y": expected a provider id of printable ASCII without spaces'],
  [
    'providers.other',
    'topic = "x"',
    'providers.other.use: expected the name of a built-in provider, a package or "./file.js", found nothing',
  ],
  ['htpp', 'listen = "127.0.0.1:1"', 'htpp: unknown key, did you mean "http"?'],
];

for (const [table, line, complaint] of rows) {
  test(`[${table}] ${line} is refused with one line`, () => {
    assert.deepEqual(mistakesOf(withLine(table, line)), [complaint]);
  });
}

test('all mistakes come at once, each on one line', () => {
  const lines = mistakesOf('[component]\njid = "a b"\nconnections = 99\n[delivery]\nvoip-ttl = "x"\n[providers.p]\n');
  assert.deepEqual(
    lines.map((line) => line.slice(0, line.indexOf(':'))),
    ['component.jid', 'component.secret', 'component.connections', 'delivery.voip-ttl', 'providers.p.use'],
  );
});

test('an empty file is told what is needed', () => {
  assert.deepEqual(mistakesOf(''), [
    'component: expected a table, found nothing',
    'providers: expected at least one table such as [providers."tigase:messenger:apns:1"], found nothing',
  ]);
});

test('a misspelt required key is one mistake, not two', () => {
  assert.deepEqual(mistakesOf(smallest.replace('secret =', 'sercet =')), ['component.sercet: unknown key, did you mean "secret"?']);
});

test('a server key of the ended FCM API is refused with the reason and what replaces it', () => {
  const [line, ...more] = mistakesOf(`${smallest}\n[providers.fcm]\nuse = "fcm"\nserver-key = "AAAA-hunter2"\n`);
  assert.match(line!, /^providers\.fcm\.server-key: .*Google ended .* in 2024; use service-account-file/);
  assert.doesNotMatch(line!, /hunter2/);
  assert.deepEqual(more, []);
});
