import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { createLog } from '../../src/log/log.ts';
import { buildPseudonyms } from '../../src/log/pseudonyms.ts';
import { openLog, written } from './lines.ts';

const pseudonyms = buildPseudonyms('a-secret');
const anna = pseudonyms.jid('anna@example.net');
const apnsToken = randomBytes(32).toString('hex');
const fcmToken = `${randomBytes(16).toString('base64url')}:APA91b${randomBytes(99).toString('base64url')}`;
const node = randomBytes(24).toString('base64url');

describe('people', () => {
  test('stand in every field that is about them by the same pseudonym, whatever their resource and case', () => {
    for (const field of ['owner', 'account', 'jid', 'from', 'to', 'sender', 'publisher', 'Owner', 'ad-min'])
      for (const jid of ['anna@example.net', 'anna@example.net/Siskin', 'ANNA@Example.net'])
        assert.deepEqual(written({ [field]: jid }), { [field]: anna });
  });

  test('are found in any other text', () => {
    assert.equal(written({ reason: 'no route to <anna@example.net/a b>' })['reason'], `no route to <${anna} b>`);
    assert.equal(written({ reason: 'xmpp:anna@example.net?x' })['reason'], `xmpp:${anna}?x`);
    assert.deepEqual(written({ list: [{ deep: ['anna@example.net'] }] }), { list: [{ deep: [anna] }] });
    assert.equal(written({ stanza: 'anna@example.net/push-7' })['stanza'], anna);
  });

  test('stand as they are with log.jids', () => {
    const shown = buildPseudonyms('a-secret', true);
    assert.deepEqual(written({ owner: 'anna@example.net/Siskin', reason: 'by anna@example.net' }, shown), {
      owner: 'anna@example.net/Siskin',
      reason: 'by anna@example.net',
    });
  });

  test('get other pseudonyms with another secret, and with each start where there is none', () => {
    assert.notEqual(buildPseudonyms('another').jid('anna@example.net'), anna);
    const lines = [0, 1].map(() => {
      const text: string[] = [];
      createLog('info', { write: (line: string) => text.push(line) }).info('event', { owner: 'anna@example.net' });
      return (JSON.parse(text.join('')) as { owner: string }).owner;
    });
    assert.match(lines[0]!, /^jid:[\da-f]{12}$/);
    assert.notEqual(lines[0], lines[1]);
  });
});

describe('tokens, nodes and secrets', () => {
  test('are shortened, hashed or left out by the name of their field', () => {
    assert.deepEqual(written({ token: apnsToken, secondToken: apnsToken, 'device-token': 'short token' }), {
      token: `${apnsToken.slice(0, 6)}…`,
      secondToken: `${apnsToken.slice(0, 6)}…`,
      'device-token': 'short …',
    });
    assert.deepEqual(written({ node }), { node: pseudonyms.node(node) });
    for (const field of ['secret', 'password', 'key', 'body', 'text', 'nickname', 'payload', 'iv', 'authorization', 'private-key'])
      assert.deepEqual(written({ [field]: 'x' }), { [field]: '[secret]' });
    assert.deepEqual(written({ notification: { body: 'hello' }, keyId: 'ABC123DEFG' }), {
      notification: '[secret]',
      keyId: 'ABC123DEFG',
    });
  });

  test('are found in any other text by their looks', () => {
    for (const one of [apnsToken, apnsToken.toUpperCase(), fcmToken, node, Buffer.from(apnsToken).toString('base64')]) {
      const { reason } = written({ reason: `refused: /3/device/${one}, sorry` });
      assert.ok(!String(reason).includes(one.slice(0, 16)), String(reason));
      assert.match(String(reason), /^refused: \/3\/device\/.{6}…, sorry$/);
    }
    assert.equal(written({ reason: 'authorization: Bearer abc.def' })['reason'], 'authorization: Bearer …');
    assert.equal(written({ reason: 'postgres://user:pass@host/db' })['reason'], 'postgres://…@host/db');
    const pem = '-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----';
    assert.equal(written({ reason: `bad: ${pem}` })['reason'], 'bad: …');
  });

  test('are hidden in the event and in the fields of a child as well', () => {
    const { log, text } = openLog();
    log.child({ device: apnsToken, owner: 'anna@example.net' }).info(`pushed to ${apnsToken}`);
    assert.ok(!text().includes(apnsToken));
    assert.ok(text().includes(anna));
  });

  test('leave alone what is needed to find a push again', () => {
    const push = randomUUID();
    const stanza = randomBytes(24).toString('base64url');
    assert.deepEqual(written({ push, stanza, provider: 'tigase:messenger:apns:1', reason: `retry of ${push}` }), {
      push,
      stanza,
      provider: 'tigase:messenger:apns:1',
      reason: `retry of ${push}`,
    });
  });
});

describe('values that are no texts', () => {
  test('cost no line, whatever they are', () => {
    const loop: Record<string, unknown> = {};
    loop['loop'] = loop;
    const trap = Object.defineProperty({}, 'trap', {
      enumerable: true,
      get: () => {
        throw new Error('read');
      },
    });
    const line = written({
      loop,
      trap,
      big: 10n,
      when: new Date(0),
      bad: new Date(NaN),
      bytes: Buffer.from('x'),
      call: () => 0,
      none: null,
    });
    assert.deepEqual(line['trap'], { trap: '[unreadable]' });
    assert.deepEqual(
      [line['big'], line['when'], line['bad'], line['bytes'], line['call'], line['none']],
      ['10', '1970-01-01T00:00:00.000Z', null, '[object]', '[function]', null],
    );
  });
});
