import assert from 'node:assert/strict';
import test from 'node:test';
import { isExcepted } from '../../../providers/http2/proxy/no-proxy.ts';
import { chooseProxies } from '../../../providers/http2/proxy/choice.ts';

const apple = new URL('https://api.push.apple.com');

const rows: readonly (readonly [list: string, url: string, isExcepted: boolean])[] = [
  ['', 'https://api.push.apple.com', false],
  ['*', 'https://api.push.apple.com', true],
  ['api.push.apple.com', 'https://api.push.apple.com', true],
  ['API.Push.Apple.com', 'https://api.push.apple.com', true],
  ['push.apple.com', 'https://api.push.apple.com', true],
  ['ush.apple.com', 'https://api.push.apple.com', false],
  ['.push.apple.com', 'https://api.push.apple.com', true],
  ['.push.apple.com', 'https://push.apple.com', false],
  ['*.apple.com', 'https://api.push.apple.com', true],
  ['other.org, apple.com', 'https://api.push.apple.com', true],
  ['other.org apple.com', 'https://api.push.apple.com', true],
  ['apple.com:443', 'https://api.push.apple.com', true],
  ['apple.com:2197', 'https://api.push.apple.com', false],
  ['apple.com:2197', 'https://api.push.apple.com:2197', true],
  ['10.0.0.0/8', 'https://10.1.2.3', true],
  ['10.0.0.0/8', 'https://11.1.2.3', false],
  ['10.0.0.0/8', 'https://10.example.org', false],
  ['10.1.2.3', 'https://10.1.2.3:2197', true],
  ['10.1.2.3:443', 'https://10.1.2.3:2197', false],
  ['fd00::/8', 'https://[fd00::1]', true],
  ['fd00::1', 'https://[fd00::1]', true],
  ['[fd00::1]:443', 'https://[fd00::1]', true],
  ['10.0.0.0/99', 'https://10.1.2.3', false],
];

for (const [list, url, expected] of rows)
  test(`NO_PROXY "${list}" ${expected ? 'excepts' : 'does not except'} ${url}`, () => {
    assert.equal(isExcepted(new URL(url), list), expected);
  });

const hrefs = (urls: readonly URL[]) => urls.map(({ href }) => href);

test('a configured proxy is used whatever the environment says; several keep their order; an empty list is none', () => {
  const env = { HTTPS_PROXY: 'http://env:1', NO_PROXY: '*' };
  assert.deepEqual(hrefs(chooseProxies('http://a:2', apple, env)), ['http://a:2/']);
  assert.deepEqual(hrefs(chooseProxies(['http://a:2', 'https://b:3'], apple, env)), ['http://a:2/', 'https://b:3/']);
  assert.deepEqual(chooseProxies([], apple, env), []);
});

test('without one, HTTPS_PROXY is used, lower case first, with or without scheme', () => {
  assert.deepEqual(hrefs(chooseProxies(undefined, apple, { HTTPS_PROXY: 'proxy:3128' })), ['http://proxy:3128/']);
  assert.deepEqual(hrefs(chooseProxies(undefined, apple, { HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:2' })), ['http://b:2/']);
  assert.deepEqual(chooseProxies(undefined, apple, { HTTPS_PROXY: 'http://a:1', NO_PROXY: 'apple.com' }), []);
  assert.deepEqual(chooseProxies(undefined, apple, { HTTPS_PROXY: ' ' }), []);
  assert.deepEqual(chooseProxies(undefined, apple, {}), []);
});

test('this machine is never asked through a proxy of the environment', () => {
  for (const url of ['https://localhost:2197', 'https://127.0.0.1', 'https://127.1.2.3', 'https://[::1]'])
    assert.deepEqual(chooseProxies(undefined, new URL(url), { HTTPS_PROXY: 'http://a:1' }), [], url);
});

test('an unusable HTTPS_PROXY is named and not shown', () => {
  for (const value of ['socks5://me:hidden-word@proxy:1080', 'http://', 'http://me:hidden-word@:x'])
    assert.throws(
      () => chooseProxies(undefined, apple, { HTTPS_PROXY: value }),
      (error: Error) => error.message.includes('HTTPS_PROXY') && !error.message.includes('hidden-word'),
      value,
    );
});
