import assert from 'node:assert/strict';
import test from 'node:test';
import type { Push } from '../../../src/index.ts';
import { expiryOf } from '../../../src/push/dispatch/time-to-live.ts';
import type { SandboxPush } from '../../../src/sandbox/apns/journal.ts';
import { createStage } from '../apns/stage.ts';
import { buildPush, never, randomToken } from '../kit.ts';
import { collapseId, goldens, readCapture, readNotification, type Golden } from './goldens.ts';

const times = { '4h': 4 * 3_600_000, '30s': 30_000 };
const account = 'anna@example.net';

function buildGoldenPush({ stanza, hasSecondToken }: Golden, published: Date): Push {
  const notification = readNotification(stanza);
  const expiresAt = expiryOf(notification, { defaultTtlMs: times['4h'], voipTtlMs: times['30s'] }, published);
  return buildPush(notification, { account, expiresAt, secondToken: hasSecondToken ? randomToken() : undefined });
}

/** The headers of the golden with its placeholders filled in. */
function expectedHeaders({ headers }: Golden, push: Push, published: Date): Readonly<Record<string, string>> {
  const later = (text: string) => String(Math.floor((published.getTime() + times[text as keyof typeof times]) / 1000));
  const fill = (text: string) =>
    text
      .replace('{first-token}', push.token)
      .replace('{second-token}', push.secondToken ?? 'none')
      .replace('{id}', push.id)
      .replace(/\{published \+ (\w+)\}/, (_, time: string) => later(time));
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? fill(value) : collapseId(value['keyed-hash-of'])]),
  );
}

/** All that arrived but where it went and who asked. */
function receivedHeaders({ headers }: SandboxPush): Readonly<Record<string, unknown>> {
  assert.match(String(headers['authorization']), /^bearer /);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization' && name !== ':authority'));
}

test('every stanza becomes the push that its golden shows', async (context) => {
  const { sandbox, create } = await createStage(context);
  const provider = create('token');
  for (const golden of goldens)
    await context.test(`${golden.name}: ${golden.why}`, async () => {
      const published = new Date();
      const push = buildGoldenPush(golden, published);
      assert.deepEqual(await provider.push(push, never), { kind: 'accepted', id: push.id });
      const arrived = sandbox.pushes.filter(({ id }) => id === push.id);
      assert.equal(arrived.length, 1);
      assert.deepEqual(receivedHeaders(arrived[0]!), expectedHeaders(golden, push, published));
      assert.deepEqual(arrived[0]!.payload, golden.payload);
    });
});

test('the goldens cover every case, and captures among them are what the servers sent', () => {
  assert.deepEqual([...new Set(goldens.map(({ name }) => name[0]))].join(''), 'abcdefghijk');
  const captured = goldens.filter((golden) => golden.captured !== undefined);
  assert.ok(captured.length >= 5);
  for (const golden of captured) assert.equal(golden.stanza, readCapture(golden.captured!));
});

test('no golden shows Apple a session id', () => {
  for (const { name, stanza, payload } of goldens) {
    const sid = / sid='(.+?)'/.exec(stanza)?.[1];
    if (sid !== undefined) assert.ok(!`${JSON.stringify(payload)}${collapseId(['call', account, sid])}`.includes(sid), name);
  }
});
