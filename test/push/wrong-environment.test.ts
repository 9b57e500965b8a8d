import assert from 'node:assert/strict';
import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createSandboxApns, type SandboxApns } from '../../src/sandbox/apns/sandbox-apns.ts';
import { buildAuthority, buildSigningKey } from '../../src/sandbox/authority.ts';
import { startTestApp, type TestApp } from '../helpers/app.ts';
import { randomToken, tally, writeInto } from '../providers/kit.ts';

const provider = 'ios';
const devices = 500;
const batch = 25;
const gone = 'cancel/item-not-found';

let count = 0;

function publish(owner: string, node: string): string {
  count += 1;
  return (
    `<iq type='set' id='p${count}' from='${owner}' to='push.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'>` +
    `<item><notification xmlns='urn:xmpp:push:0'><x xmlns='jabber:x:data'><field var='message-count'><value>1</value></field></x>` +
    `</notification></item></publish></pubsub></iq>`
  );
}

function describeAnswer(xml: string): string {
  const [, type, condition] = /<error type="([a-z]+)"><([a-z-]+)/.exec(xml) ?? [];
  return type === undefined ? 'result' : `${type}/${condition ?? ''}`;
}

describe('with the credentials of the wrong environment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-test-'));
  let sandbox: SandboxApns;
  let app: TestApp;
  let registered: readonly (readonly [owner: string, node: string])[] = [];

  before(async () => {
    const authority = buildAuthority();
    const key = buildSigningKey();
    sandbox = await createSandboxApns({ authority, keys: [key] });
    writeInto(folder, { 'ca.pem': authority.ca, 'key.p8': key.p8 });
    const files = { 'key-file': join(folder, 'key.p8'), 'ca-file': join(folder, 'ca.pem') };
    const options = { 'apns-topic': 'org.example.app', 'key-id': key.keyId, 'team-id': key.teamId, endpoint: sandbox.origin, ...files };
    app = await startTestApp({ providers: [{ id: provider, use: 'apns', options }], delivery: { updateIntervalMs: 0 } });
    // Proven: without that no refusal would cost anything (unproven-credentials.test.ts).
    for (const owner of ['first@example.net', 'second@example.net'])
      assert.equal(describeAnswer(await app.ask(publish(owner, await app.register(randomToken(), owner, provider)))), 'result');
    registered = await inBatches(
      Array.from({ length: devices }, (_, index) => index),
      async (index) => {
        const owner = `user${index}@example.net`;
        return [owner, await app.register(randomToken(), owner, provider)] as const;
      },
    );
  });
  after(async () => {
    await app.close();
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });

  async function inBatches<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
    const done: R[] = [];
    for (let start = 0; start < all.length; start += batch) done.push(...(await Promise.all(all.slice(start, start + batch).map(work))));
    return done;
  }

  const publishTo = (some: typeof registered) =>
    inBatches(some, async ([owner, node]) => describeAnswer(await app.ask(publish(owner, node))));

  const messages = () => app.peer.stanzas.filter(({ name }) => name === 'message').map((stanza) => stanza.toString());
  const events = (name: string) => app.log.filter((line) => line.includes(`"${name}"`)).length;

  test('of 500 devices called dead at once 20 are removed; the pushes of all others are kept for later', async () => {
    sandbox.misbehave({ kind: 'answer', status: 400, reason: 'BadDeviceToken' }, { times: Infinity });
    assert.deepEqual(tally(await publishTo(registered)), { [gone]: 20, result: devices - 20 });
  });

  test('the administrator is told once, in plain words, and the log says so', async () => {
    await app.peer.until(() => messages().length === 1, 'the message to the administrator');
    const [message = ''] = messages();
    assert.match(message, /^<message type="normal" from="push\.test" to="admin@example\.net"><body>Reveille on push\.test: /);
    assert.match(message, /calls most device tokens of provider "ios" dead.*No registration is removed/);
    assert.equal(events('dead-tokens-doubted'), 1);
  });

  test('once the mistake is put right every device that is left gets its pushes', async () => {
    sandbox.behave();
    const answers = await publishTo(registered);
    assert.deepEqual(tally(answers), { result: devices - 20, [gone]: 20 });
    registered = registered.filter((_, index) => answers[index] === 'result');
    await app.peer.until(() => messages().length === 2, 'the second message');
    assert.match(messages()[1] ?? '', /has ended/);
    assert.equal(events('dead-tokens-believed'), 1);
  });

  test('after that a dead token is removed again', async () => {
    const [device] = registered;
    assert.ok(device);
    sandbox.misbehave({ kind: 'answer', status: 400, reason: 'BadDeviceToken' });
    assert.deepEqual(await publishTo([device]), [gone]);
    assert.deepEqual(await publishTo([device]), [gone]);
    assert.equal(sandbox.pushes.length, devices - 20 + 2);
  });
});
