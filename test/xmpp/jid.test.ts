import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseJid } from '../../src/xmpp/stanza/jid.ts';

const valid: Readonly<Record<string, object>> = {
  'example.net': { local: '', domain: 'example.net', resource: '', bare: 'example.net' },
  'Example.NET/Res': { local: '', domain: 'example.net', resource: 'Res', bare: 'example.net' },
  'Anna@Example.net/a@b/c': { local: 'anna', domain: 'example.net', resource: 'a@b/c', bare: 'anna@example.net' },
  'anna@[::1]': { local: 'anna', domain: '[::1]', resource: '', bare: 'anna@[::1]' },
  'ünï@exämple.net': { local: 'ünï', domain: 'exämple.net', resource: '', bare: 'ünï@exämple.net' },
};
const invalid = [
  '',
  '@',
  'a@',
  '@example.net',
  'a@b@c',
  'a b@c',
  'a@b/',
  '/x',
  'a"b@c',
  'a\n@b',
  `${'a'.repeat(1024)}@b`,
  `a@b/${'€'.repeat(342)}`,
];

describe('a JID (RFC 7622)', () => {
  for (const [text, parts] of Object.entries(valid)) test(`${text} is split`, () => assert.deepEqual(parseJid(text), parts));
  for (const text of invalid) test(`${JSON.stringify(text.slice(0, 20))} is none`, () => assert.equal(parseJid(text), undefined));
});
