import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { anna, push, startTestApp } from '../helpers/app.ts';
import type { TestApp } from '../helpers/app.ts';
import { startServer } from '../helpers/database/postgres.ts';
import type { TestServer } from '../helpers/database/postgres.ts';
import { publishes } from './publishes.ts';

/** The five answers a publisher can get, whole. `text` is for people. */
function result(id: string, to: string): string {
  return `<iq type="result" id="${id}" from="${push}" to="${to}"/>`;
}

function error(id: string, to: string, type: string, condition: string, text: string): string {
  const xmlns = 'urn:ietf:params:xml:ns:xmpp-stanzas';
  return (
    `<iq type="error" id="${id}" from="${push}" to="${to}"><error type="${type}"><${condition} xmlns="${xmlns}"/>` +
    `<text xmlns="${xmlns}" xml:lang="en">${text}</text></error></iq>`
  );
}

const refused = (id: string, to: string) => error(id, to, 'cancel', 'item-not-found', 'no such node');
const temporary = (text: string) => (id: string, to: string) => error(id, to, 'wait', 'internal-server-error', text);

/** Rows of the answer table: what the token makes the provider do, and the answer. */
const rows: readonly { readonly row: string; readonly token: string; readonly answer: (id: string, to: string) => string }[] = [
  { row: 'accepted by the push service: result', token: 'accept', answer: result },
  { row: 'a dead token: item-not-found', token: 'gone', answer: refused },
  { row: 'a token reported dead before it was registered: result, it is tried again later', token: 'goneLongAgo', answer: result },
  { row: 'the push service throttles or is away: result, it is tried again later', token: 'retry', answer: result },
  { row: 'our push or credentials refused: wait, the device is fine', token: 'reject', answer: temporary('try again later') },
  { row: 'a provider that throws: result, it is tried again later', token: 'throw', answer: result },
];

let server: TestServer;
let url: string;
let app: TestApp;
let count = 0;

before(async () => {
  server = await startServer('embedded');
  url = await server.createDatabase();
  app = await startTestApp({ database: { url } });
});
after(async () => {
  await app.close();
  await server.close();
});

async function publish(build: (id: string) => string, answer: (id: string, to: string) => string): Promise<void> {
  count += 1;
  const xml = build(`id-${count}+/=`);
  const from = / from='([^']*)'/.exec(xml)![1]!;
  assert.equal(await app.ask(xml), answer(`id-${count}+/=`, from));
}

for (const [name, build] of Object.entries(publishes)) {
  describe(`answers to ${name}`, () => {
    for (const { row, token, answer } of rows) {
      test(row, async () => {
        const node = await app.register(`${token}-${name.replaceAll(/\W/g, '')}`);
        await publish((id) => build(node, id), answer);
      });
    }

    test('an unknown node: item-not-found', () => publish((id) => build('no-such-node', id), refused));

    test('a wrong publisher: item-not-found', async () => {
      const node = await app.register(`accept-${count}`, 'bob@elsewhere.example');
      await publish((id) => build(node, id), refused);
    });

    test('no node: bad-request', () =>
      publish(
        (id) => build('x', id).replace(` node='x'`, ''),
        (id, to) => error(id, to, 'modify', 'bad-request', 'not a publish to a node'),
      ));

    test('no publish: bad-request', () =>
      publish(
        (id) => build('x', id).replace(/<publish .*<\/publish>/s, '<items/>'),
        (id, to) => error(id, to, 'modify', 'bad-request', 'not a publish to a node'),
      ));
  });
}

describe('a device with a secret', () => {
  const build = publishes['MongooseIM']!;
  let node: string;

  before(async () => {
    node = await app.register('accept-secret');
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`UPDATE devices SET secret = 'right' WHERE node = $1`, [node]);
    await client.end();
  });

  test('the right secret opens it to any publisher', () =>
    publish((id) => build(node, id, 'right').replace(` from='example.net'`, ` from='muc.elsewhere.example'`), result));
  test("a wrong secret: item-not-found, from the owner's domain too", () => publish((id) => build(node, id, 'wrong'), refused));
  test("without a secret: item-not-found, from the owner's domain too", () => publish((id) => build(node, id), refused));
});

describe('publishers of a device without a secret', () => {
  const build = publishes['Openfire']!;
  let node: string;
  const from = (jid: string) => (id: string) => build(node, id).replace(` from='example.net'`, ` from='${jid}'`);

  before(async () => {
    node = await app.register('accept-publishers');
  });

  test("a host under the owner's domain may publish", () => publish(from('muc.example.net'), result));
  test('the owner himself may publish', () => publish(from(anna), result));
  test("one of the owner's clients may not", () => publish(from(`${anna}/phone`), refused));
  test('another account of the domain may not', () => publish(from('bob@example.net'), refused));
  test('a domain that only ends alike may not', () => publish(from('evilexample.net'), refused));
  test('a secret shown to a device that has none is not judged', () => publish((id) => build(node, id, 'whatever'), result));
});

test('a result or an error is never answered', async () => {
  const before = app.peer.stanzas.length;
  app.peer.write(
    `<iq type='result' id='x' from='example.net' to='${push}'/><iq type='error' id='x' from='example.net' to='${push}'><error type='cancel'/></iq>`,
  );
  await publish((id) => `<iq type='get' id='${id}' from='example.net' to='${push}'><ping xmlns='urn:xmpp:ping'/></iq>`, result);
  assert.equal(app.peer.stanzas.length, before + 1);
});

test('a publisher never gets a condition on which a server disables by mistake', () => {
  const forbidden = /resource-constraint|recipient-unavailable|policy-violation|service-unavailable|type="cancel"><internal-server-error/;
  const answers = app.peer.stanzas.map(String);
  assert.ok(answers.length > 100);
  assert.deepEqual(
    answers.filter((answer) => forbidden.test(answer)),
    [],
  );
});

test('no token, node, body or sender stands in the log', () => {
  const log = app.log.join('');
  assert.ok(log.includes('"event":"push"'));
  for (const secret of ['accept-', 'gone-', 'right', 'New Message', 'bob@', 'anna@']) assert.ok(!log.includes(secret), secret);
});
