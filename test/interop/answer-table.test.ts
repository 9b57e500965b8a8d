import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { push, startTestApp, type TestApp } from '../helpers/app.ts';
import { ask, createTestDatabase } from '../helpers/database/postgres.ts';
import type { Answer, Manners } from '../servers/scripted/manners.ts';
import { capturedServers, ScriptedServer, scriptedServers } from '../servers/scripted/scripted-server.ts';

/** Of one outcome in a row: more than Prosody 0.12, the most patient that gives up, bears. */
const rounds = 18;

const refusal: Answer = { type: 'cancel', condition: 'item-not-found' };
const temporary: Answer = { type: 'wait', condition: 'internal-server-error' };

/** What Reveille comes to, how, what it answers, and whether the phone is beyond help. */
const outcomes: readonly { readonly what: string; readonly token: string; readonly answer: Answer; readonly isPermanent: boolean }[] = [
  { what: 'the push service took it', token: 'accept', answer: 'result', isPermanent: false },
  { what: 'the push service is away or throttles', token: 'retry', answer: 'result', isPermanent: false },
  { what: 'a push service that does not answer', token: 'hang', answer: 'result', isPermanent: false },
  { what: 'a bug in a provider', token: 'throw', answer: 'result', isPermanent: false },
  { what: 'our credentials are refused', token: 'reject', answer: temporary, isPermanent: false },
  { what: 'a dead token', token: 'gone', answer: refusal, isPermanent: true },
];

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let app: TestApp;
/** Of a push service in trouble nothing is expected for a while: it has a Reveille of its own, with little patience. */
let troubled: TestApp;
let busy: TestApp;
let count = 0;

before(async () => {
  database = await createTestDatabase();
  app = await startTestApp({ database: { url: database.url }, delivery: { updateIntervalMs: 0 } });
  troubled = await startTestApp({ delivery: { answerWithinMs: 400, updateIntervalMs: 0 } });
  busy = await startTestApp({ limits: { inFlight: 0 } });
  // A refusal without a date is believed once the credentials have brought a push to somebody.
  const server = new ScriptedServer(scriptedServers[0]!, app.peer, push);
  assert.equal(await server.write(server.enable(await register('accept'))), 'result');
});
after(async () => {
  await app.close();
  await troubled.close();
  await busy.close();
  await database.close();
});

/** A new user each time: one has a limited number of devices. */
function register(token: string, { at = app, domain = 'example.net' } = {}): Promise<string> {
  count += 1;
  return at.register(`${token}-${count}`, `user${count}@${domain}`);
}

/** The same end again and again; which answers came, and whether the server still publishes. */
async function suffer(server: ScriptedServer, node: string, options: Readonly<Record<string, string>> = {}) {
  const registration = server.enable(node, options);
  const answers: unknown[] = [];
  for (let round = 0; round < rounds && registration.isAlive; round += 1) answers.push(await server.write(registration));
  return { answers, isAlive: registration.isAlive };
}

function expectation(manners: Manners, answer: Answer, isPermanent: boolean) {
  const many = isPermanent ? Math.min(manners.patience, rounds) : rounds;
  return { answers: Array.from({ length: many }, () => answer), isAlive: !isPermanent || manners.patience > rounds };
}

for (const manners of [...capturedServers, ...scriptedServers]) {
  const ends = manners.patience > rounds ? 'publishes for ever' : `ends the registration after ${manners.patience}`;
  const open = (at: TestApp = app) => new ScriptedServer(manners, at.peer, push);

  describe(`what ${manners.name} makes of our answers`, () => {
    for (const { what, token, answer, isPermanent } of outcomes) {
      test(`${what}: it ${isPermanent ? ends : 'keeps the registration'}`, async () => {
        const at = ['retry', 'hang', 'throw'].includes(token) ? troubled : app;
        const node = await register(token, { at });
        assert.deepEqual(await suffer(open(at), node), expectation(manners, answer, isPermanent));
      });
    }

    test(`a node that nobody has: it ${ends}`, async () => {
      assert.deepEqual(await suffer(open(), 'no-such-node'), expectation(manners, refusal, true));
    });

    test(`a publisher who may not: it ${ends}`, async () => {
      const node = await register('accept', { domain: 'elsewhere.example' });
      assert.deepEqual(await suffer(open(), node), expectation(manners, refusal, true));
    });

    test(`a wrong secret: it ${ends}`, async () => {
      const node = await register('accept');
      await ask(database.url, `UPDATE devices SET secret = 'right' WHERE node = '${node}'`);
      assert.deepEqual(await suffer(open(), node, { secret: 'wrong' }), expectation(manners, refusal, true));
    });

    test('more publishes than Reveille works on at once: it keeps the registration', async () => {
      assert.deepEqual(await suffer(open(busy), 'any-node'), expectation(manners, temporary, false));
    });
  });
}
