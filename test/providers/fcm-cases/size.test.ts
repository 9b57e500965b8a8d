import assert from 'node:assert/strict';
import test from 'node:test';
import { buildMessage } from '../../../providers/fcm/message.ts';
import type { Notification, Push } from '../../../src/index.ts';
import { createRandom, pick, randomText } from '../apns-cases/random.ts';
import { randomRegistrationToken } from '../fcm/stage.ts';
import { buildPush } from '../kit.ts';

const rounds = 2000;
const limit = 4096;
const open = { content: 'full', requireEncryption: false } as const;
/** RFC 7622: 1023 bytes each; a backslash is the one character of a local part that JSON writes longer. */
const longestAccount = `${'\\'.repeat(1023)}@${'e'.repeat(1023)}`;

interface Message {
  readonly message: { readonly data: Readonly<Record<string, string>>; readonly android: Readonly<Record<string, string>> };
}

function randomPush(random: () => number): Push {
  const perhaps = <T>(value: T): T | undefined => (random() < 0.6 ? value : undefined);
  const cipher = { payload: 'A'.repeat(Math.floor(random() * 6000)), iv: 'aXY=', type: pick(random, ['voip', undefined]) } as const;
  const notification: Partial<Notification> = {
    messageCount: perhaps(Math.floor(random() * 3)),
    sender: perhaps(`ben@example.org/${randomText(random, 300)}`),
    nickname: perhaps(randomText(random, 60)),
    body: perhaps(randomText(random, 1200)),
    encrypted: random() < 0.4 ? cipher : undefined,
    priority: pick(random, ['high', 'low', undefined]),
  };
  return buildPush(notification, {
    account: random() < 0.2 ? longestAccount : 'anna@example.org',
    token: randomRegistrationToken(),
    expiresAt: new Date(Date.now() + random() * 4e9 - 1e6),
  });
}

test(`${rounds} random pushes are within Google's limit, strings only, and what is left is whole`, () => {
  const random = createRandom(20261122);
  let dropped = 0;
  for (let round = 0; round < rounds; round += 1) {
    const push = randomPush(random);
    const body = buildMessage(push, open, Date.now());
    const where = `round ${round}, ${Buffer.byteLength(body)} bytes`;
    assert.ok(Buffer.byteLength(body) <= limit, where);
    assert.ok(body.isWellFormed(), where);
    const { data, android } = (JSON.parse(body) as Message).message;
    assert.equal(data['account'], push.account, where);
    for (const value of Object.values(data)) assert.equal(typeof value, 'string', where);
    const { encrypted, sender } = push.notification;
    if ('encrypted' in data) assert.deepEqual([data['encrypted'], data['iv']], [encrypted!.payload, encrypted!.iv], where);
    else if (encrypted !== undefined) dropped += 1;
    if ('sender' in data) assert.equal(data['sender'], sender, where);
    const life = Number(/^(\d+)s$/.exec(android['ttl']!)![1]);
    assert.ok(life <= 2_419_200, where);
  }
  assert.ok(dropped > 20, `only ${dropped} were too long`);
});

test('a message with the largest payload that servers encrypt goes out whole', () => {
  const encrypted = { payload: 'A'.repeat(3400), iv: 'MTIzNDU2Nzg5MDEy', type: undefined };
  const body = buildMessage(buildPush({ encrypted }, { token: randomRegistrationToken() }), open, Date.now());
  assert.equal((JSON.parse(body) as Message).message.data['encrypted'], encrypted.payload);
});
