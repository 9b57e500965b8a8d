import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findDialectMistakes, resolveDialects } from '../../src/config/reading/resolve-dialects.ts';
import { dialectsSection } from '../../src/config/sections/dialects.ts';
import { loadText, mistakesOf } from './read.ts';

const component = `[component]\njid = "push.example.org"\nsecret = "s"\n`;
const apple = `[providers.apple]\nuse = "apns"\n`;
const google = `[providers.google]\nuse = "fcm"\n`;
const dialectsOf = (...tables: readonly string[]) => loadText([component, ...tables].join('')).dialects;
const complaintsOf = (line: string) => mistakesOf([component, apple, google, '[dialects]\n', line, '\n'].join(''));

describe('without a word', () => {
  test('each dialect that registers is answered by the one provider of its kind', () => {
    const both = { fcm: 'google', apns: 'apple' };
    assert.deepEqual(dialectsOf(apple, google), {
      p2: both,
      modPushAppserver: { ...both, http: false },
      fluux: { apns: 'apple' },
      openfire: both,
    });
  });

  test('a kind without a provider is left out, and a dialect without a kind', () => {
    assert.deepEqual(dialectsOf(google), {
      p2: { fcm: 'google' },
      modPushAppserver: { fcm: 'google', http: false },
      openfire: { fcm: 'google' },
    });
    assert.deepEqual(dialectsOf('[providers.plain]\nuse = "log"\n'), {});
  });

  test('two providers of a kind leave nobody to answer for it', () => {
    const second = `[providers.second]\nuse = "fcm"\n`;
    assert.deepEqual(dialectsOf(apple, google, second), dialectsOf(apple));
    assert.deepEqual(dialectsOf(google, second), {});
  });
});

describe('the table', () => {
  test('names one of several providers', () => {
    const second = `[providers."fcm:2"]\nuse = "fcm"\n`;
    const { p2, openfire } = dialectsOf(google, second, `[dialects]\np2 = { fcm = "fcm:2" }\n`);
    assert.deepEqual([p2, openfire], [{ fcm: 'fcm:2' }, undefined]);
  });

  test('answers for nothing that a dialect leaves out', () =>
    assert.deepEqual(dialectsOf(apple, google, `[dialects.p2]\nfcm = "google"\n`).p2, { fcm: 'google' }));

  test('may name a provider of any kind: one by somebody else may push to Google', () => {
    const mine = `[providers.mine]\nuse = "./mine.js"\n`;
    assert.deepEqual(dialectsOf(mine, `[dialects]\nfluux = { apns = "mine" }\n`), { fluux: { apns: 'mine' } });
  });

  test('switches each dialect off with false, and nothing else with it', () => {
    const all = dialectsOf(apple, google);
    const keys = { p2: 'p2', mod_push_appserver: 'modPushAppserver', fluux: 'fluux', openfire: 'openfire' } as const;
    for (const [key, name] of Object.entries(keys)) {
      const others = Object.entries(all).filter(([other]) => other !== name);
      assert.deepEqual(dialectsOf(apple, google, `[dialects]\n${key} = false\n`), Object.fromEntries(others), key);
    }
  });

  test('switches on the HTTP API of mod_push_appserver', () =>
    assert.deepEqual(dialectsOf(apple, `[dialects]\nmod_push_appserver = { apns = "apple", http = true }\n`).modPushAppserver, {
      apns: 'apple',
      http: true,
    }));

  test('an empty table answers for nothing', () => assert.equal(dialectsOf(apple, `[dialects]\np2 = {}\n`).p2, undefined));

  test('fpush is answered where it is asked for, with a rate of its own', () => {
    const fpush = (more = '') => dialectsOf(apple, `[dialects]\nfpush = { modules = { monalProdiOS = "apple" }${more} }\n`).fpush;
    assert.deepEqual(fpush(), { modules: { monalProdiOS: 'apple' }, default: undefined, ratelimitMs: 20_000 });
    assert.deepEqual(fpush(`, default = "monalProdiOS", ratelimit = "0s"`), {
      modules: { monalProdiOS: 'apple' },
      default: 'monalProdiOS',
      ratelimitMs: 0,
    });
    assert.equal(dialectsOf(apple, `[dialects]\nfpush = false\n`).fpush, undefined);
  });

  test('push2 is answered where it is asked for, for the hosts that it names', () => {
    const push2 = (text: string) => dialectsOf(apple, `[dialects]\npush2 = ${text}\n`).push2;
    assert.deepEqual(push2('{ allow-hosts = ["fcm.googleapis.com", "*.push.apple.com"] }'), {
      allowHosts: ['fcm.googleapis.com', '*.push.apple.com'],
    });
    assert.deepEqual([push2('false'), dialectsOf(apple, google).push2], [undefined, undefined]);
  });
});

describe('a mistake is one line', () => {
  const unknown = 'expected a provider id of this configuration (apple, google)';
  const table = 'expected false or a table';
  const rows: readonly (readonly [line: string, complaint: string])[] = [
    ['p2 = { fcm = "googel" }', `dialects.p2.fcm: ${unknown}, found "googel"`],
    ['fluux = { apns = "log" }', `dialects.fluux.apns: ${unknown}, found "log"`],
    ['fpush = { modules = { monal = "appel" } }', `dialects.fpush.modules.monal: ${unknown}, found "appel"`],
    [
      'fpush = { modules = { monal = "apple" }, default = "someAndroidApp" }',
      'dialects.fpush.default: expected one of its modules (monal), found "someAndroidApp"',
    ],
    ['p2 = true', `dialects.p2: ${table}, found true`],
    ['p2 = "google"', `dialects.p2: ${table}, found "google"`],
    ['openfire = ["google"]', `dialects.openfire: ${table}, found a list`],
    ['p2 = { fcm = 7 }', 'dialects.p2.fcm: expected a provider id, found 7'],
    ['p2 = { fcm = "" }', 'dialects.p2.fcm: expected a provider id, found ""'],
    ['mod_push_appserver = { http = "yes" }', 'dialects.mod_push_appserver.http: expected true or false, found "yes"'],
    ['fpush = { modules = ["apple"] }', 'dialects.fpush.modules: expected a provider id for each module, found a list'],
    [
      'fpush = { modules = { monal = "apple" }, ratelimit = "2h" }',
      'dialects.fpush.ratelimit: expected a duration from "0s" to "1h" (units: ms, s, m, h, d), found "2h"',
    ],
    ['push2 = true', `dialects.push2: ${table}, found true`],
    ['push2 = { allow-hosts = [] }', 'dialects.push2.allow-hosts: expected a host at least, found a list'],
    ...['*', 'https://push.example', 'Push.Example', 'push.example:443', ''].map(
      (host) =>
        [
          `push2 = { allow-hosts = ["${host}"] }`,
          `dialects.push2.allow-hosts[1]: expected a host name in lower case, or *.suffix for all below one, found "${host}"`,
        ] as const,
    ),
    ['push2 = { allow-hosts = ["push.example"], allow-host = 1 }', 'dialects.push2.allow-host: unknown key, did you mean "allow-hosts"?'],
    ['push2 = {}', 'dialects.push2.allow-hosts: expected a list, found nothing'],
    ['p3 = { fcm = "google" }', 'dialects.p3: unknown key, did you mean "p2"?'],
    ['mod-push-appserver = false', 'dialects.mod-push-appserver: unknown key, did you mean "mod_push_appserver"?'],
    ['p2 = { gcm = "google" }', 'dialects.p2.gcm: unknown key, did you mean "fcm"?'],
    ['fluux = { fcm = "google" }', 'dialects.fluux.fcm: unknown key, expected one of: apns'],
  ];
  for (const [line, complaint] of rows) test(line, () => assert.deepEqual(complaintsOf(line), [complaint]));

  test('several come at once, with those of the table of providers', () => {
    assert.deepEqual(complaintsOf('p2 = { fcm = "a", apns = "b" }\nopenfire = 1'), [`dialects.openfire: ${table}, found 1`]);
    assert.deepEqual(complaintsOf('p2 = { fcm = "a", apns = "b" }'), [
      `dialects.p2.fcm: ${unknown}, found "a"`,
      `dialects.p2.apns: ${unknown}, found "b"`,
    ]);
  });

  test('a provider id is looked up as it is written', () => {
    const written = dialectsSection.parse({ p2: { fcm: 'constructor' } });
    assert.equal(findDialectMistakes(written, []).length, 1);
    assert.deepEqual(resolveDialects(written, [{ id: 'constructor', use: 'fcm' }]).p2, { fcm: 'constructor' });
    assert.equal(findDialectMistakes(dialectsSection.parse({ fpush: { modules: { a: 'x' }, default: 'toString' } }), ['x']).length, 1);
  });
});
