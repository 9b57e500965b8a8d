import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import test from 'node:test';
import { createProviderToken } from '../../providers/apns/token.ts';

const minuteMs = 60_000;
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function createClocked() {
  const clock = { now: Date.UTC(2026, 0, 1) };
  return { clock, token: createProviderToken({ key: privateKey, keyId: 'ABC123DEFG', teamId: 'DEF123GHIJ' }, () => clock.now) };
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
  const { clock, token } = createClocked();
  const first = token.bearer();
  clock.now += 39 * minuteMs;
  assert.equal(token.bearer(), first);
  clock.now += 12 * minuteMs;
  assert.notEqual(token.bearer(), first);
});

test('a token called expired is not signed anew within 20 minutes', () => {
  const { clock, token } = createClocked();
  const first = token.bearer();
  token.expire();
  clock.now += 19 * minuteMs;
  assert.equal(token.bearer(), first);
  clock.now += 2 * minuteMs;
  assert.notEqual(token.bearer(), first);
});
