import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { parseNetwork, readClient } from '../../src/http/client-address.ts';

function request(remoteAddress: string, forwarded?: string): IncomingMessage {
  return { socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded, 'x-real-ip': '9.9.9.9' } } as unknown as IncomingMessage;
}

test('an IPv4 address counts for itself, in whatever dress', () => {
  for (const text of ['192.0.2.7', '::ffff:192.0.2.7', '::FFFF:c000:207', ' 192.0.2.7 ', '192.0.2.7:4711', '[::ffff:192.0.2.7]:80'])
    assert.equal(parseNetwork(text), '192.0.2.7', text);
});

test('an IPv6 address counts for its /64', () => {
  for (const text of ['2001:db8:1:2::1', '2001:0DB8:0001:0002:ffff:ffff:ffff:ffff', '[2001:db8:1:2::1]', '[2001:db8:1:2:3::]:443'])
    assert.equal(parseNetwork(text), '2001:db8:1:2::/64', text);
  assert.notEqual(parseNetwork('2001:db8:1:3::1'), parseNetwork('2001:db8:1:2::1'));
  assert.equal(parseNetwork('::1'), '0:0:0:0::/64');
  assert.equal(parseNetwork('fe80::1%eth0'), 'fe80:0:0:0::/64');
  assert.equal(parseNetwork('64:ff9b::192.0.2.7'), '64:ff9b:0:0::/64');
  assert.equal(parseNetwork('::'), '0:0:0:0::/64');
});

test('what is no address is none', () => {
  for (const text of ['', 'unknown', '_hidden', '1.2.3', '1.2.3.4.5', '[1.2.3.4', 'example.org', '::g', '1.2.3.4:x', '[]', '%'])
    assert.equal(parseNetwork(text), undefined, text);
});

test('without trust-proxy nothing that a client writes counts', () => {
  assert.equal(readClient(request('192.0.2.1', '203.0.113.5'), false), '192.0.2.1');
});

test('with trust-proxy the entry that the proxy wrote counts, the last one', () => {
  assert.equal(readClient(request('127.0.0.1', '203.0.113.5'), true), '203.0.113.5');
  assert.equal(readClient(request('127.0.0.1', '1.1.1.1, 8.8.8.8 ,203.0.113.5'), true), '203.0.113.5');
});

test('with trust-proxy a request without a readable entry counts for the proxy', () => {
  for (const forwarded of [undefined, '', 'unknown', '203.0.113.5, ', ',,,'])
    assert.equal(readClient(request('127.0.0.1', forwarded), true), '127.0.0.1', String(forwarded));
});
