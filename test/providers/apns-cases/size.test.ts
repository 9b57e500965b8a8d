import assert from 'node:assert/strict';
import test from 'node:test';
import type { PayloadRules } from '../../../providers/apns/request/alert.ts';
import { shortenBody } from '../../../providers/payload/body.ts';
import { buildMessage } from '../../../providers/apns/request/payload.ts';
import type { Notification, Push } from '../../../src/index.ts';
import { buildPush, randomToken } from '../kit.ts';
import { createRandom, pick, randomText } from './random.ts';

type Keys = Readonly<Record<string, unknown>>;

const rules: PayloadRules = {
  privacy: { content: 'full', requireEncryption: false },
  alert: 'New message!',
  sound: 'default',
  extra: {},
};
/** As large as the options allow. */
const largestRules: PayloadRules = { ...rules, alert: 'ä'.repeat(127), sound: 's'.repeat(64), extra: { x: 'x'.repeat(503) } };
/** RFC 7622: 1023 bytes each; a backslash is the one character of a local part that JSON writes longer. */
const longestAccount = `${'\\'.repeat(1023)}@${'e'.repeat(1023)}`;
const rounds = 2000;

function randomPush(random: () => number): Push {
  const perhaps = <T>(value: T): T | undefined => (random() < 0.6 ? value : undefined);
  const cipher = { payload: 'A'.repeat(Math.floor(random() * 6000)), iv: 'aXY=', type: pick(random, ['voip', undefined]) };
  const notification: Partial<Notification> = {
    messageCount: perhaps(Math.floor(random() * 3)),
    ...perhaps({ sender: `ben@example.org/${randomText(random, 300)}`, nickname: randomText(random, 60) }),
    body: perhaps(randomText(random, 1200)),
    encrypted: random() < 0.4 ? cipher : undefined,
    priority: pick(random, ['high', 'low', undefined]),
  };
  return buildPush(notification, {
    account: random() < 0.2 ? longestAccount : 'anna@example.org',
    secondToken: perhaps(randomToken()),
  });
}

function limitOf(pushType: string): number {
  return pushType === 'voip' ? 5120 : 4096;
}

/** The groups that are dropped together, in the order of dropping, as they would have been sent. */
function droppable({ notification }: Push): readonly Keys[] {
  const { body, encrypted, sender, nickname } = notification;
  if (encrypted !== undefined) return [{ encrypted: encrypted.payload, iv: encrypted.iv }];
  const group = (keys: Keys) => Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined));
  return [group({ body: body === undefined ? undefined : shortenBody(body) }), group({ sender, nickname })];
}

test(`${rounds} random pushes are within the limit of their kind, and what is left is whole`, () => {
  const random = createRandom(20261122);
  const dropped = [0, 0, 0];
  for (let round = 0; round < rounds; round += 1) {
    const push = randomPush(random);
    const { payload, pushType } = buildMessage(push, random() < 0.3 ? largestRules : rules);
    const where = `round ${round}, ${pushType}, ${Buffer.byteLength(payload)} bytes`;
    assert.ok(Buffer.byteLength(payload) <= limitOf(pushType), where);
    assert.ok(payload.isWellFormed(), where);
    const sent = JSON.parse(payload) as Keys;
    assert.equal(sent['account'], push.account, where);
    const missing = droppable(push).filter((group) => Object.keys(group).some((name) => !(name in sent)));
    for (const group of droppable(push))
      for (const [name, value] of Object.entries(group)) if (name in sent) assert.equal(sent[name], value, `${where}: ${name} is cut`);
    // Nothing is dropped without need: with the group that was dropped last the limit would be exceeded.
    const last = missing.at(-1);
    if (last !== undefined) assert.ok(Buffer.byteLength(JSON.stringify({ ...sent, ...last })) > limitOf(pushType), where);
    dropped[missing.length]! += 1;
  }
  assert.ok(
    dropped.every((count) => count > 20),
    `every kind of dropping happened: ${dropped.join(', ')}`,
  );
});

test(`${rounds} random texts are cut between characters, as readers understand the word`, () => {
  const random = createRandom(4096);
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  let cut = 0;
  for (let round = 0; round < rounds; round += 1) {
    const text = randomText(random, 800);
    const shortened = shortenBody(text);
    if (shortened === text) {
      assert.ok(Array.from(text).length <= 512);
      continue;
    }
    cut += 1;
    const kept = shortened.slice(0, -1);
    assert.ok(shortened.endsWith('…') && text.startsWith(kept) && Array.from(text).length > 512);
    assert.ok(Array.from(kept).length <= 500 && Array.from(kept).length > 480, `${Array.from(kept).length} left`);
    assert.equal(segmenter.segment(text).containing(kept.length)?.index, kept.length, JSON.stringify(text.slice(kept.length - 12)));
  }
  assert.ok(cut > 300, `${cut} were cut`);
});

test('a single character of 600 combining marks is no way round the limit, nor lost altogether', () => {
  assert.equal(Array.from(shortenBody(`a${'\u0301'.repeat(600)}`)).length, 501);
});

test('half a surrogate pair never leaves', () => {
  assert.equal(shortenBody('a\uD83D'), 'a\uFFFD');
  assert.ok(shortenBody(`${'x'.repeat(499)}\uD83D${'y'.repeat(100)}`).isWellFormed());
});

test('a call may take 5120 bytes, and loses payload and iv beyond that', () => {
  const call = (length: number) =>
    buildMessage(
      buildPush({ encrypted: { payload: 'A'.repeat(length), iv: 'aXY=', type: 'voip' }, priority: 'high' }, { secondToken: randomToken() }),
      rules,
    ).payload;
  const room = 5120 - Buffer.byteLength(call(0));
  assert.equal(Buffer.byteLength(call(room)), 5120);
  assert.deepEqual(JSON.parse(call(room + 1)), { aps: { 'content-available': 1 }, account: 'anna@example.org' });
});
