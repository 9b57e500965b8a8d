import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPush } from '../../src/testing/index.ts';
import { Secrets } from '../../src/testing/judging/secrets.ts';

const key = 'k€y of "two"\nlines/and+more';

const shown: readonly unknown[] = [
  key,
  `Bearer ${key}`,
  { headers: { authorization: [`Bearer ${key}`] } },
  { [key]: 1 },
  new Map([['authorization', key]]),
  new Map([[key, 1]]),
  new Set([key]),
  new Error(`no ${key}`),
  new Error('no', { cause: { error: new Error(key) } }),
  new AggregateError([new Error(key)]),
  Object.assign(new Error('no'), { request: { key } }),
  { toJSON: () => ({ key }) },
  Buffer.from(key),
  { bytes: new Uint8Array(Buffer.from(key)) },
  Buffer.from(key).toString('base64'),
  Buffer.from(key).toString('base64url'),
  Buffer.from(key).toString('hex').toUpperCase(),
  `https://push.example.org/?key=${encodeURIComponent(key)}`,
  JSON.stringify({ key }),
  new URL(`https://push.example.org/?key=${encodeURIComponent(key)}`),
];

test('a secret is found wherever and in whatever disguise it stands', () => {
  const secrets = new Secrets();
  secrets.add('the key', key);
  for (const value of shown) assert.deepEqual(secrets.findIn(value), ['the key'], String(value));
});

test('what is no secret is not found, however it is written down', () => {
  const secrets = new Secrets();
  secrets.add('the key', key);
  secrets.add('an empty one', '');
  const round: Record<string, unknown> = { name: 'round', when: new Date(), count: 7n, none: null };
  round['again'] = round;
  for (const value of [round, 'k€y', key.slice(0, 6), undefined, Symbol('k'), () => key]) assert.deepEqual(secrets.findIn(value), []);
});

test('the words of a push are secrets, but for the first six characters of a token', () => {
  const notification = {
    sender: 'ben@example.org',
    body: 'meet me at nine',
    nickname: 'Benjamin',
    encrypted: { payload: 'c2VhbGVk', iv: 'aXY=', type: undefined },
  };
  const push = buildPush(notification, { secondToken: 'second-token' });
  const secrets = new Secrets();
  secrets.addPush(push);
  assert.deepEqual(secrets.findIn([push.token.slice(0, 6), push.id, Object.keys(notification)]), []);
  const everything = ['token', 'second token', 'account', 'sender', 'body', 'nickname', 'encrypted payload'];
  assert.deepEqual(
    secrets.findIn(push),
    everything.map((name) => `the ${name}`),
  );
});
