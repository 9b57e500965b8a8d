import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readAddress, type Reach } from '../../../providers/apns/address.ts';

const [token, call] = ['0A'.repeat(32), '0b'.repeat(32)];
const topic = 'org.example.app';
const production: Reach = { topic, environments: ['production'] };
const both: Reach = { topic, environments: ['production', 'sandbox'] };
const at = (host: string, rest = `${token}#${topic}`) => `https://${host}/3/device/${rest}`;

describe("an address of Apple's", () => {
  test('has a device token, a topic, and perhaps a token for calls', () => {
    const address = { kind: 'address', token, secondToken: undefined, remembered: 'production', credentials: 'ours' };
    assert.deepEqual(readAddress(at('api.push.apple.com'), production), address);
    assert.deepEqual(readAddress(at('api.push.apple.com', `${token}#${topic}&`), production), address);
    assert.deepEqual(readAddress(at('api.push.apple.com', `${token}#${topic}&${call}`), production), { ...address, secondToken: call });
  });

  test('names the service that knows the token, as far as the provider uses it', () => {
    for (const host of ['api.sandbox.push.apple.com', 'api.development.push.apple.com']) {
      const verdict = readAddress(at(host), both);
      assert.equal(verdict?.kind === 'address' ? verdict.remembered : undefined, 'sandbox');
      assert.equal(readAddress(at(host), production), undefined);
    }
  });

  test("of another app, or without one, is another provider's", () => {
    for (const rest of [token, `${token}#`, `${token}#org.example.other`, `${token}#${topic}.voip`])
      assert.equal(readAddress(at('api.push.apple.com', rest), production), undefined, rest);
    assert.equal(readAddress(at('api.push.apple.com', `${token}#`), { ...production, topic: '' }), undefined, 'no credentials yet');
  });

  test('without a device token is refused', () => {
    const reason = 'names no device token of APNs';
    for (const rest of [`#${topic}`, `../x#${topic}`, `zz#${topic}`, `${token}#${topic}&zz`, `${token}#${topic}&${call}&${call}`]) {
      const verdict = readAddress(at('api.push.apple.com', rest), production);
      if (rest.includes('/')) assert.equal(verdict, undefined, rest);
      else assert.deepEqual(verdict, { kind: 'refused', reason }, rest);
    }
  });

  test('is nothing else', () => {
    const others = ['', 'api.push.apple.com', at('api.push.apple.com.evil.example'), at('evil.example'), at('a@api.push.apple.com')];
    for (const text of [...others, at('api.push.apple.com').replace('https', 'http'), ` ${at('api.push.apple.com')}`])
      assert.equal(readAddress(text, both), undefined, text);
  });
});
