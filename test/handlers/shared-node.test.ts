import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { endOfAll } from '../../src/handlers/publish/end-of-all.ts';
import type { PublishEnd } from '../../src/handlers/publish/answers.ts';
import { StanzaError } from '../../src/xmpp/stanza/stanza-error.ts';
import { apns, nodeOf, push, registerRequest, startTestApp } from '../helpers/app.ts';
import type { TestApp } from '../helpers/app.ts';
import { ask, createTestDatabase } from '../helpers/database/postgres.ts';
import { importShared } from '../helpers/shared-node.ts';
import { publishes } from './publishes.ts';

const xmlns = 'urn:ietf:params:xml:ns:xmpp-stanzas';
const build = publishes['MongooseIM']!;
const call = `<jingle xmlns='tigase:push:jingle:0' sid='s1' action='session-initiate'><media>audio</media></jingle>`;

const result = (id: string): string => `<iq type="result" id="${id}" from="${push}" to="example.net"/>`;
const error = (id: string, type: string, condition: string, text: string): string =>
  `<iq type="error" id="${id}" from="${push}" to="example.net"><error type="${type}"><${condition} xmlns="${xmlns}"/>` +
  `<text xmlns="${xmlns}" xml:lang="en">${text}</text></error></iq>`;
const unknown = (id: string): string => error(id, 'cancel', 'item-not-found', 'no such node');
const wait = (id: string): string => error(id, 'wait', 'internal-server-error', 'try again later');

/** What an account has behind its one node: tokens that say what their pushes come to. */
interface Account {
  readonly owner: string;
  readonly node: string;
  readonly tokens: readonly string[];
}

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let app: TestApp;
let count = 0;

before(async () => {
  database = await createTestDatabase();
  app = await startTestApp({ database: { url: database.url } });
  // Other devices prove that the credentials are good: a dead token is believed.
  for (const one of ['first', 'second']) {
    const node = await app.register(`accept-${one}`, `${one}@example.net`);
    assert.equal(await app.ask(build(node, one)), result(one));
  }
});
after(async () => {
  await app.close();
  await database.close();
});

async function share(...outcomes: string[]): Promise<Account> {
  const owner = `${randomUUID()}@example.net`;
  const tokens = outcomes.map((outcome, index) => `${outcome}-${index}-${randomUUID()}`);
  const shared = { node: `01#${randomUUID()}`, owner, provider: apns, tokens };
  await importShared(database.url, shared);
  return shared;
}

/** Publishes, expects this answer whole, and settles with what the pushes came to. */
async function publish({ node }: Pick<Account, 'node'>, answer: (id: string) => string, change = (xml: string) => xml): Promise<string[]> {
  count += 1;
  const id = `publish-${count}`;
  assert.equal(await app.ask(change(build(node, id))), answer(id));
  return outcomesOf(id);
}

function outcomesOf(id: string): string[] {
  const lines = app.log.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  return lines.flatMap(({ stanza, outcome }) => (stanza === id && typeof outcome === 'string' ? [outcome] : [])).toSorted();
}

const left = async ({ owner }: Account): Promise<unknown[]> =>
  (await ask(database.url, `SELECT token FROM devices WHERE owner = '${owner}' ORDER BY token`)).map(({ token }) => token);
const waiting = async ({ owner }: Account): Promise<unknown> =>
  ask(database.url, `SELECT token, kind FROM deferred JOIN devices USING (node) WHERE owner = '${owner}' ORDER BY token`);

function unregister(owner: string, token: string): Promise<string> {
  count += 1;
  return app.ask(registerRequest(owner, apns, token).replace(`node='register-device'`, `node='unregister-device'`));
}

describe('a publish to a node behind which several devices stand', () => {
  test('is pushed to each of them, and answered once', async () => {
    const account = await share('accept', 'accept', 'accept');
    const before = app.peer.stanzas.length;
    assert.deepEqual(await publish(account, result), ['accepted', 'accepted', 'accepted']);
    assert.equal(app.peer.stanzas.length, before + 1);
  });

  test('a call rings on each of them, and waits for the one whose service is away', async () => {
    const account = await share('accept', 'retry', 'accept');
    const ring = (xml: string) => xml.replace('</notification>', `${call}</notification>`);
    assert.deepEqual(await publish(account, result, ring), ['accepted', 'accepted', 'retry']);
    assert.deepEqual(await waiting(account), [{ token: account.tokens[1], kind: 'call' }]);
  });

  for (const [which, dead] of [
    ['the one whose own node it is', 0],
    ['a further one', 1],
  ] as const)
    // prettier-ignore
    test(`the token of ${which} is dead: it alone is removed, and the others go on`, async () => {
      const outcomes = ['accept', 'accept', 'accept'].toSpliced(dead, 1, 'gone');
      const account = await share(...outcomes);
      assert.deepEqual(await publish(account, result), ['accepted', 'accepted', 'gone']);
      assert.deepEqual(await left(account), account.tokens.toSpliced(dead, 1).toSorted());
      assert.deepEqual(await publish(account, result), ['accepted', 'accepted']);
    });

  test('all tokens are dead: item-not-found, and from then on without a push', async () => {
    const account = await share('gone', 'gone', 'goneLongAgo');
    assert.deepEqual(await publish(account, unknown), ['gone', 'gone', 'gone']);
    assert.deepEqual(await left(account), []);
    assert.deepEqual(await publish(account, unknown), []);
  });

  test('one is throttled, the others are dead: result, and only its push waits', async () => {
    const account = await share('gone', 'retry', 'gone');
    assert.deepEqual(await publish(account, result), ['gone', 'gone', 'retry']);
    assert.deepEqual(await waiting(account), [{ token: account.tokens[1], kind: 'message' }]);
    assert.deepEqual(await left(account), [account.tokens[1]]);
  });

  test('one is refused and the other dead: wait, as long as one may live', async () => {
    const account = await share('gone', 'reject');
    assert.deepEqual(await publish(account, wait), ['gone', 'rejected']);
    assert.deepEqual(await publish(account, wait), ['rejected']);
  });

  test('one is refused and the other accepted: result', async () => {
    assert.deepEqual(await publish(await share('reject', 'accept'), result), ['accepted', 'rejected']);
  });

  test('a wrong publisher hears of it what he hears of a node that is not there', async () => {
    const account = await share('accept', 'accept');
    const elsewhere = (xml: string) => xml.replace(`from='example.net'`, `from='elsewhere.example'`);
    const answered = (id: string) => unknown(id).replace('to="example.net"', 'to="elsewhere.example"');
    for (const node of [account.node, 'no-such-node']) assert.deepEqual(await publish({ node }, answered, elsewhere), []);
    assert.deepEqual(await publish(account, result), ['accepted', 'accepted']);
  });

  test('where a row says so all the same, another account’s device gets nothing of it', async () => {
    const account = await share('accept');
    const foreign = await app.register('accept-foreign', 'mallory@elsewhere.example');
    await ask(database.url, `UPDATE devices SET behind = '${account.node}' WHERE node = '${foreign}'`);
    assert.deepEqual(await publish(account, result), ['accepted']);
  });
});

describe('devices behind one node', () => {
  test('each registers again and gets the node it knows', async () => {
    const account = await share('accept', 'accept', 'accept');
    for (const token of account.tokens) assert.equal(nodeOf(await app.ask(registerRequest(account.owner, apns, token))), account.node);
    assert.deepEqual(await publish(account, result), ['accepted', 'accepted', 'accepted']);
  });

  test('each unregisters for itself; when the last has gone the node is unknown', async () => {
    const account = await share('accept', 'accept', 'accept');
    for (const [index, token] of account.tokens.entries()) {
      assert.match(await unregister(account.owner, token), /^<iq type="result"/);
      assert.match(await unregister(account.owner, token), /<item-not-found /);
      const others = account.tokens.length - index - 1;
      assert.deepEqual(await publish(account, others > 0 ? result : unknown), Array<string>(others).fill('accepted'));
    }
  });

  test('none of their tokens and nodes stands in the log', async () => {
    const log = app.log.join('');
    assert.ok(log.includes('"event":"push"'));
    for (const secret of ['accept-', 'gone-', 'retry-', '01#']) assert.ok(!log.includes(secret), secret);
  });
});

describe('what several pushes came to together', () => {
  const away = () => Promise.reject<PublishEnd>(new StanzaError('internal-server-error', 'the database can not be reached right now'));
  const ended = (...ends: PublishEnd[]) => ends.map((end) => Promise.resolve(end));

  test('is the best of them', async () => {
    assert.equal(await endOfAll(ended('unknown', 'temporary', 'deferred', 'accepted')), 'accepted');
    assert.equal(await endOfAll(ended('unknown', 'temporary', 'deferred')), 'deferred');
    assert.equal(await endOfAll(ended('unknown', 'temporary', 'unknown')), 'temporary');
    assert.equal(await endOfAll(ended('unknown', 'unknown')), 'unknown');
  });

  test('is temporary where the database was away for one, unless another arrived', async () => {
    assert.equal(await endOfAll([away(), ...ended('unknown')]), 'temporary');
    assert.equal(await endOfAll([away(), away()]), 'temporary');
    assert.equal(await endOfAll([away(), ...ended('accepted')]), 'accepted');
  });

  test('is a bug where one of them is, once all have settled', async () => {
    const slow = Promise.withResolvers<PublishEnd>();
    let isSettled = false;
    const together = endOfAll([Promise.reject(new TypeError('a bug')), slow.promise]).finally(() => (isSettled = true));
    const rejected = assert.rejects(together, /a bug/);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isSettled, false);
    slow.resolve('accepted');
    await rejected;
  });
});
