import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import test from 'node:test';
import { createProviderToken } from '../../../providers/apns/credentials/token.ts';

const minuteMs = 60_000;
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function createClocked() {
  const clocks = { now: Date.UTC(2026, 0, 1), steady: 0 };
  const key = { key: privateKey, keyId: 'ABC123DEFG', teamId: 'DEF123GHIJ' };
  return {
    token: createProviderToken(key, { now: () => clocks.now, steady: () => clocks.steady }),
    pass: (minutes: number) => {
      clocks.now += minutes * minuteMs;
      clocks.steady += minutes * minuteMs;
    },
    setClock: (byMinutes: number) => {
      clocks.now += byMinutes * minuteMs;
    },
  };
}

test('the token is a JWT of exactly the claims Apple asks for, signed with ES256', () => {
  const { token } = createClocked();
  const [head = '', claims = '', signature = ''] = token.bearer().replace('bearer ', '').split('.');
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown;
  assert.deepEqual(decode(head), { alg: 'ES256', kid: 'ABC123DEFG' });
  assert.deepEqual(decode(claims), { iss: 'DEF123GHIJ', iat: Date.UTC(2026, 0, 1) / 1000 });
  assert.match(signature, /^[\w-]{86}$/);
  const options = { key: publicKey, dsaEncoding: 'ieee-p1363' as const };
  assert.ok(verify('sha256', Buffer.from(`${head}.${claims}`), options, Buffer.from(signature, 'base64url')));
});

test('the token stays the same for 40 minutes and is another after 50', () => {
  const { pass, token } = createClocked();
  const first = token.bearer();
  pass(39);
  assert.equal(token.bearer(), first);
  pass(12);
  assert.notEqual(token.bearer(), first);
});

test('a token called expired is not signed anew within 20 minutes', () => {
  const { pass, token } = createClocked();
  const first = token.bearer();
  token.expire();
  pass(19);
  assert.equal(token.bearer(), first);
  pass(2);
  assert.notEqual(token.bearer(), first);
});

for (const minutes of [600, -600])
  test(`a clock set by ${minutes} minutes is no reason for another token, but one that Apple refuses then is replaced at once`, () => {
    const { pass, setClock, token } = createClocked();
    const first = token.bearer();
    setClock(minutes);
    pass(1);
    assert.equal(token.bearer(), first);
    token.expire();
    const second = token.bearer();
    assert.notEqual(second, first);
    token.expire();
    pass(1);
    assert.equal(token.bearer(), second);
  });
