import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CommandSessions } from '../../src/handlers/commands/session.ts';
import { anna, apns, nodeOf, push, startTestApp } from '../helpers/app.ts';
import type { TestApp } from '../helpers/app.ts';
import { startServer } from '../helpers/database/postgres.ts';
import type { TestServer } from '../helpers/database/postgres.ts';

const commands = 'http://jabber.org/protocol/commands';
const phone = `${anna}/phone`;
const form = `<x xmlns='jabber:x:data' type='submit'><field var='provider'><value>${apns}</value></field><field var='device-token'><value>t</value></field></x>`;

let database: TestServer;
let one: TestApp;
let other: TestApp;
let count = 0;

before(async () => {
  database = await startServer('embedded');
  const url = await database.createDatabase();
  [one, other] = await Promise.all([startTestApp({ database: { url } }), startTestApp({ database: { url } })]);
});
after(async () => {
  await Promise.all([one.close(), other.close()]);
  await database.close();
});

function execute(attributes: string, content = '', { on = one, from = phone, node = 'register-device' } = {}): Promise<string> {
  count += 1;
  return on.ask(
    `<iq type='set' id='c${count}' from='${from}' to='${push}'><command xmlns='${commands}' node='${node}' ${attributes}>${content}</command></iq>`,
  );
}

async function openSession(): Promise<string> {
  return /sessionid="([^"]+)"/.exec(await execute(''))![1]!;
}

/** XEP-0050 §4.4: the command's own condition behind the defined one. */
function assertRefused(answer: string, type: string, condition: string, specific: string): void {
  assert.match(answer, new RegExp(`<error type="${type}"><${condition} xmlns="[^"]+"/><${specific} xmlns="${commands}"/>`));
}

describe('the life cycle of a command (XEP-0050)', () => {
  test('the second stage may land on another instance', async () => {
    assert.ok(nodeOf(await execute(`sessionid='${await openSession()}'`, form, { on: other })));
  });

  test('cancel ends it, in the session and without one', async () => {
    const session = await openSession();
    assert.match(await execute(`sessionid='${session}' action='cancel'`), /status="canceled"/);
    assert.match(await execute(`action='cancel'`), /status="canceled"/);
    assert.match(await execute('', `<x xmlns='jabber:x:data' type='cancel'/>`), /status="canceled"/);
  });

  test('next counts as complete: there is one form', async () => {
    assert.match(await execute(`sessionid='${await openSession()}' action='next'`, form), /status="completed"/);
  });

  test('an unknown action is malformed-action', async () =>
    assertRefused(await execute(`action='jump'`), 'modify', 'bad-request', 'malformed-action'));
  test('prev at the first stage is bad-action', async () =>
    assertRefused(await execute(`action='prev'`), 'modify', 'bad-request', 'bad-action'));
  test('complete without a form is bad-payload', async () =>
    assertRefused(await execute(`action='complete'`), 'modify', 'bad-request', 'bad-payload'));
  test('something that is no form is bad-payload', async () =>
    assertRefused(await execute('', '<y/>'), 'modify', 'bad-request', 'bad-payload'));

  test('a made-up session is bad-sessionid', async () => {
    assertRefused(await execute(`sessionid='made-up'`, form), 'modify', 'bad-request', 'bad-sessionid');
    assertRefused(await execute(`sessionid='${await openSession()}x'`, form), 'modify', 'bad-request', 'bad-sessionid');
  });

  test('a session is good for nobody else and for no other command', async () => {
    const session = await openSession();
    assertRefused(
      await execute(`sessionid='${session}'`, form, { from: 'mallory@example.net/x' }),
      'modify',
      'bad-request',
      'bad-sessionid',
    );
    assertRefused(await execute(`sessionid='${session}'`, form, { node: 'unregister-device' }), 'modify', 'bad-request', 'bad-sessionid');
  });

  test('a session older than a quarter of an hour is session-expired', async () => {
    const old = new CommandSessions(one.server.secret).issue('register-device', phone, Date.now() - 16 * 60_000);
    assertRefused(await execute(`sessionid='${old}'`, form), 'cancel', 'not-allowed', 'session-expired');
  });

  test('an unknown command is item-not-found', async () =>
    assert.match(await execute('', '', { node: 'no-such' }), /<error type="cancel"><item-not-found/));
});
