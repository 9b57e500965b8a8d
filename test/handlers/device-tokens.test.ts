import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { buildInstallationId, buildRegistrationToken } from '../../src/sandbox/fcm/message/device-tokens.ts';
import { apns, fcm, nodeOf, push, startTestApp, type TestApp } from '../helpers/app.ts';
import { judgingProvider } from '../helpers/judging-provider.ts';
import { ask, startEmbeddedPostgres, type TestServer } from '../helpers/database/postgres.ts';
import { startPushServices, type PushServices } from '../helpers/push-services.ts';
import { badVerdictProvider, badVerdicts } from '../push/bad-providers/token-verdicts.ts';
import { commands, form } from './run-command.ts';

const scripted = new URL('../helpers/scripted-provider.ts', import.meta.url).pathname;
const cleanUp = new AsyncDisposableStack();
let database: TestServer;
let url: string;
let services: PushServices;
let app: TestApp;

before(async () => {
  database = cleanUp.adopt(await startEmbeddedPostgres(), (server) => server.close());
  url = await database.createDatabase();
  services = cleanUp.adopt(await startPushServices(), (both) => both.close());
  const providers = [
    ...services.providers,
    { id: 'plain', use: scripted, options: {} },
    { id: 'acme', use: judgingProvider, options: {} },
    ...badVerdicts.map((verdict) => ({ id: `bad ${verdict}`, use: badVerdictProvider, options: { verdict } })),
  ];
  app = cleanUp.adopt(await startTestApp({ database: { url }, providers }), (one) => one.close());
});
after(() => cleanUp.disposeAsync());

let count = 0;
/** Fresh for each test, so that each counts its own devices. */
const newOwner = () => `owner${(count += 1)}@example.net`;
const hex = () => randomBytes(32).toString('hex');

type Fields = Readonly<Record<string, string>>;

function run(node: string, owner: string, fields: Fields): Promise<string> {
  return app.ask(
    `<iq type='set' id='t${(count += 1)}' from='${owner}/phone' to='${push}'><command xmlns='${commands}' node='${node}'>${form(fields)}</command></iq>`,
  );
}

const register = (owner: string, provider: string, token: string, second?: string) =>
  run('register-device', owner, { provider, 'device-token': token, ...(second === undefined ? {} : { 'device-second-token': second }) });
const unregister = (owner: string, provider: string, token: string) => run('unregister-device', owner, { provider, 'device-token': token });

/** Tokens and second tokens that this owner's devices are kept with. */
async function kept(owner: string): Promise<readonly (readonly unknown[])[]> {
  const rows = await ask(url, `SELECT token, second_token FROM devices WHERE owner = '${owner}'`);
  return rows.map((row) => [row['token'], row['second_token']]);
}

function assertCompleted(answer: string): void {
  assert.match(answer, /^<iq type="result".*status="completed"/);
}

/** The whole answer: which words, and that it quotes nothing. */
function assertRefused(answer: string, owner: string, words: string): void {
  assert.equal(
    answer.replace(/ id="t\d+"/, ''),
    `<iq type="error" from="${push}" to="${owner}/phone"><error type="modify"><bad-request xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/>` +
      `<bad-payload xmlns="${commands}"/><text xmlns="urn:ietf:params:xml:ns:xmpp-stanzas" xml:lang="en">${words}</text></error></iq>`,
  );
}

const advice = 'a token of APNs is an even number of hexadecimal digits, usually 64';

describe('what can be no token is refused at registration, in words that name the likely mistake:', () => {
  const mistakes: readonly (readonly [what: string, provider: string, token: () => string, words: string])[] = [
    ['abc', apns, () => 'abc', `has an odd number of digits: one is missing; ${advice}`],
    ['a word', apns, () => 'my-phone', `is not a device token; ${advice}`],
    ['a few digits', apns, () => 'abcd', `is too short or too long; ${advice}`],
    ['a token of FCM', apns, buildRegistrationToken, `looks like a token of FCM; ${advice}`],
    ['one digit less', apns, () => hex().slice(1), `has an odd number of digits: one is missing; ${advice}`],
    ['one digit less, in brackets', apns, () => `&lt;${hex().slice(1)}&gt;`, `has an odd number of digits: one is missing; ${advice}`],
    ['brackets around nothing', apns, () => '&lt; &gt;', `is not a device token; ${advice}`],
    ['much too many digits', apns, () => hex().repeat(50), `is too short or too long; ${advice}`],
    ['base64', apns, () => randomBytes(32).toString('base64'), `looks like base64; ${advice}`],
    [
      'what iOS 13 prints',
      apns,
      () => '{length = 32, bytes = 0x0a1b2c3d 4e5f6071 ... 8293a4b5 c6d7e8f9 }',
      `is how iOS 13 describes a token for people, with the middle left out; ${advice}`,
    ],
    ['an address', apns, () => 'https://push.example.org/endpoint', `looks like an address of Web Push or UnifiedPush; ${advice}`],
    ['a token of APNs', fcm, hex, 'looks like a token of APNs: take that of the Firebase SDK'],
    ['a token of APNs in capitals', fcm, () => hex().toUpperCase(), 'looks like a token of APNs: take that of the Firebase SDK'],
    ['a token of APNs in brackets', fcm, () => `&lt;${hex()}&gt;`, 'looks like a token of APNs: take that of the Firebase SDK'],
    ['an address', fcm, () => 'https://push.example.org/endpoint', 'looks like an address of Web Push or UnifiedPush'],
    ['two words', fcm, () => 'two words', 'is not a device token'],
    ['much too many characters', fcm, () => 'x'.repeat(5_000), 'is not a device token'],
  ];
  for (const [what, provider, token, words] of mistakes) {
    test(`${what}, to ${provider}`, async () => {
      const owner = newOwner();
      const sent = token();
      const answer = await register(owner, provider, sent);
      const [apple, google] = [services.apple.pushes.length, services.google.pushes.length];
      assertRefused(answer, owner, `device-token ${words}`);
      assert.deepEqual(await kept(owner), []);
      assert.deepEqual([services.apple.pushes.length, services.google.pushes.length], [apple, google]);
      if (sent.length > 8) assert.ok(!app.log.join('').includes(sent), 'the log shows it');
    });
  }

  test('nothing but white space, which is no token at all', async () => {
    const owner = newOwner();
    for (const provider of [apns, fcm, 'plain'])
      assertRefused(await register(owner, provider, ' \n\t&#xA0; '), owner, 'missing: device-token');
    assert.deepEqual(await kept(owner), []);
  });
});

/** Spellings of a token that clients send; the first is the tidy one. */
const appleSpellings: Readonly<Record<string, (token: string) => string>> = {
  'as it is': (token) => token,
  'in capitals': (token) => token.toUpperCase(),
  'as old iOS describes it': (token) => `&lt;${token.replace(/.{8}(?=.)/g, '$& ')}&gt;`,
  'in brackets, without blanks': (token) => `&lt;${token}&gt;`,
  'in groups': (token) => token.replace(/.{8}(?=.)/g, '$& '),
  'with blanks around': (token) => `  ${token} `,
  'with line feeds around': (token) => `\n      ${token}\n    `,
  'with CRLF and tabs around': (token) => `&#13;\n\t${token}&#13;\n\t`,
  'with non-breaking spaces around and within': (token) => `&#xA0;${token.slice(0, 8)}&#xA0;${token.slice(8)}&#xFEFF;`,
  'as old iOS describes it, pretty-printed': (token) => `\n  &lt;${token.replace(/.{8}(?=.)/g, '$& ')}&gt;\n`,
};

describe('what only needs tidying is tidied: a token of APNs', () => {
  for (const [name, spell] of Object.entries(appleSpellings)) {
    test(name, async () => {
      const owner = newOwner();
      const token = hex();
      const node = nodeOf(await register(owner, apns, spell(token), spell(token)));
      const [[first = '', second = ''] = []] = (await kept(owner)) as readonly (readonly string[])[];
      assert.deepEqual([first.toLowerCase(), second.toLowerCase()], [token, token]);
      assert.equal(nodeOf(await register(owner, apns, token)), node, 'the tidy spelling is the same registration');
      assert.equal(nodeOf(await register(owner, apns, spell(token))), node);
      assert.equal((await kept(owner)).length, 1);
      await publish(node);
      assert.equal(services.apple.pushes.at(-1)?.token, token);
      const bare = spell(token).replace(/&(lt|gt|#\w+);/g, '');
      if (bare !== token && bare.length > 64) assert.ok(!app.log.join('').includes(bare.trim()), 'the log shows it');
      assert.ok(!app.log.join('').toLowerCase().includes(token), 'the log shows it');
    });

    test(`${name}, is unregistered, however it was registered`, async () => {
      const owner = newOwner();
      const token = hex();
      for (const other of Object.values(appleSpellings)) {
        assertCompleted(await register(owner, apns, other(token)));
        assertCompleted(await unregister(owner, apns, spell(token)));
        assert.deepEqual(await kept(owner), []);
      }
    });
  }
});

async function publish(node: string): Promise<void> {
  const item = `<item><notification xmlns='urn:xmpp:push:0'/></item>`;
  const answer = await app.ask(
    `<iq type='set' id='p${(count += 1)}' from='example.net' to='${push}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'>${item}</publish></pubsub></iq>`,
  );
  assert.match(answer, /type="result"/);
}

describe('what only needs tidying is tidied: a token of FCM', () => {
  const around: Readonly<Record<string, (token: string) => string>> = {
    blanks: (token) => `  ${token} `,
    'line feeds': (token) => `\n      ${token}\n    `,
    'CRLF and tabs': (token) => `&#13;\n\t${token}&#13;\n\t`,
    'non-breaking spaces': (token) => `&#xA0;${token}&#xA0;`,
  };
  for (const [name, spell] of Object.entries(around)) {
    test(`with ${name} around`, async () => {
      const owner = newOwner();
      for (const token of [buildRegistrationToken(), buildInstallationId()]) {
        const node = nodeOf(await register(owner, fcm, spell(token)));
        assert.deepEqual(await kept(owner), [[token, null]]);
        assert.equal(nodeOf(await register(owner, fcm, token)), node);
        await publish(node);
        assertCompleted(await unregister(owner, fcm, spell(token)));
        assert.deepEqual(await kept(owner), []);
      }
    });
  }

  test('differs from another in case alone: that stays another', async () => {
    const owner = newOwner();
    const token = buildRegistrationToken();
    assert.notEqual(nodeOf(await register(owner, fcm, token)), nodeOf(await register(owner, fcm, token.toLowerCase())));
  });
});

describe('a second token', () => {
  test('that can be none costs nothing but the way of calls', async () => {
    const owner = newOwner();
    const token = hex();
    assertCompleted(await register(owner, apns, token, 'abc'));
    assert.deepEqual(await kept(owner), [[token, 'abc']]);
  });

  test('that is none and has blanks within is refused, as it always was', async () => {
    const owner = newOwner();
    assertRefused(await register(owner, apns, hex(), 'two words'), owner, 'device-second-token is not a device token');
    assert.deepEqual(await kept(owner), []);
  });

  test('of nothing but white space is none', async () => {
    const owner = newOwner();
    const token = hex();
    assertCompleted(await register(owner, apns, token, '\n   '));
    assert.deepEqual(await kept(owner), [[token, null]]);
  });
});

describe('a device that is there already', () => {
  test('is unregistered by what it was registered with, though its provider would refuse that today', async () => {
    const owner = newOwner();
    nodeOf(await register(owner, apns, hex()));
    // As before providers were asked.
    await ask(url, `UPDATE devices SET token = 'abc', token_key = sha256('abc') WHERE owner = '${owner}'`);
    assertCompleted(await unregister(owner, apns, '\n  abc\n'));
    assert.deepEqual(await kept(owner), []);
  });

  test('of a provider that is no longer configured is unregistered by its token', async () => {
    const owner = newOwner();
    const token = hex();
    nodeOf(await register(owner, apns, token));
    await ask(url, `UPDATE devices SET provider = 'retired' WHERE owner = '${owner}'`);
    assertCompleted(await unregister(owner, '\n retired\n', `\n  ${token.toUpperCase()}\n`));
    assert.deepEqual(await kept(owner), []);
  });
});

describe("a third party's provider", () => {
  test('that says nothing of tokens takes all that have no blanks, as they are', async () => {
    const owner = newOwner();
    for (const token of ['accept-abc', '&lt;accept&gt;', 'ACCEPT-1', 'https://push.example.org/']) {
      const node = nodeOf(await register(owner, 'plain', token));
      assert.equal(nodeOf(await register(owner, 'plain', `\n ${token}\n`)), node);
    }
    const tokens = (await kept(owner)).map(([token]) => token);
    assert.deepEqual(tokens.toSorted(), ['<accept>', 'ACCEPT-1', 'accept-abc', 'https://push.example.org/']);
    assertRefused(await register(owner, 'plain', 'two words'), owner, 'device-token is not a device token');
  });

  test('tidies as it likes', async () => {
    const owner = newOwner();
    const node = nodeOf(await register(owner, 'acme', '&lt;acme-1234&gt;', '&lt;acme-call&gt;'));
    assert.deepEqual(await kept(owner), [['acme-1234', 'acme-call']]);
    assert.equal(nodeOf(await register(owner, 'acme', 'acme-1234')), node);
    assertCompleted(await unregister(owner, 'acme', '&lt;acme-1234'));
  });

  test('that quotes what it refuses, or tidies it into no token, is kept from both', async () => {
    const owner = newOwner();
    const quoted = await register(owner, 'acme', 'a-token-of-somebody');
    assertRefused(quoted, owner, 'device-token is no word of Acme: …');
    assertRefused(await register(owner, 'acme', 'make-it-two-words'), owner, 'device-token is not a device token');
    assert.deepEqual(await kept(owner), []);
    assert.ok(!app.log.join('').includes('a-token-of-somebody'));
  });

  for (const verdict of badVerdicts) {
    test(`that ${verdict} when it is asked, refuses nothing`, async () => {
      const owner = newOwner();
      const provider = `bad ${verdict}`;
      const token = `token-of-${owner}`;
      const node = nodeOf(await register(owner, provider, token, 'second-token'));
      assert.deepEqual(await kept(owner), [[token, 'second-token']]);
      await publish(node);
      assertCompleted(await unregister(owner, provider, token));
      const lines = app.log.filter((line) => line.includes('provider-failed') && line.includes(JSON.stringify(provider)));
      assert.equal(lines.length, 1, 'told once, not for every registration');
      assert.match(lines.join(''), /"call":"checkToken"/);
      assert.ok(!app.log.join('').includes(token));
    });
  }
});
