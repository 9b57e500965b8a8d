import assert from 'node:assert/strict';
import test from 'node:test';
import { buildDigest, isAnswerable, parseChallenges } from '../../../providers/http2/proxy/digest.ts';

/** RFC 7616 §3.9.1. */
const header =
  'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ' +
  'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, ' +
  'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const input = {
  user: 'Mufasa',
  password: 'Circle of Life',
  method: 'GET',
  uri: '/dir/index.html',
  count: 1,
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
};

test('the example of RFC 7616 is answered as there, with SHA-256 and with MD5', () => {
  const challenges = parseChallenges(header);
  assert.deepEqual(
    challenges.map(({ scheme, params }) => [scheme, params['algorithm']]),
    [
      ['digest', 'SHA-256'],
      ['digest', 'MD5'],
    ],
  );
  assert.ok(challenges.every(isAnswerable));
  const [sha256 = '', md5 = ''] = challenges.map((challenge) => buildDigest(challenge, input));
  assert.match(sha256, /response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"/);
  assert.match(md5, /response="8ca523f5e9506fed4657c9700eebdbec"/);
  assert.match(md5, /^Digest username="Mufasa", realm="http-auth@example\.org", uri="\/dir\/index\.html", algorithm=MD5, nonce="7ypf/);
  assert.match(md5, /nc=00000001, cnonce="f2\/wE4q74E6zIJEtWaHKaf5wv\/H5QzzpXusqGemxURZJ", qop=auth, response=/);
});

test('the example of RFC 2617 §3.5 is answered as there: no algorithm means MD5', () => {
  const [challenge] = parseChallenges(
    'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
  );
  const answer = buildDigest(challenge!, { ...input, password: 'Circle Of Life', cnonce: '0a4f113b' });
  assert.match(answer, /response="6629fae49393a05397450978507c4ef1"/);
  assert.doesNotMatch(answer, /algorithm/);
});

test('quotes in names are kept as quotes', () => {
  const [challenge] = parseChallenges('Digest realm="the \\"office\\"", nonce="n"');
  assert.equal(challenge?.params['realm'], 'the "office"');
  assert.match(buildDigest(challenge, { ...input, user: 'a"b\\c' }), /username="a\\"b\\\\c", realm="the \\"office\\""/);
});

test('session algorithms, unknown ones and other kinds of protection are left alone', () => {
  for (const text of ['Digest realm="r"', 'Digest nonce="n", algorithm=MD5-sess', 'Digest nonce="n", qop="auth-int"', 'Basic realm="r"'])
    assert.deepEqual(parseChallenges(text).filter(isAnswerable), [], text);
});
