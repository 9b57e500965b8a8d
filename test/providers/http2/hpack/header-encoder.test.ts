import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HeaderDecoder } from '../../../../providers/http2/hpack/header-decoder.ts';
import { HeaderEncoder } from '../../../../providers/http2/hpack/header-encoder.ts';

/** An encoder with the decoder of its peer, which reads every block. */
function createPair() {
  const [encoder, decoder] = [new HeaderEncoder(), new HeaderDecoder({ longest: 1e6 })];
  const target = Buffer.alloc(100_000);
  const encode = (...headers: readonly string[]) => {
    const block = Buffer.from(target.subarray(7, encoder.encode(headers, target, 7)));
    assert.deepEqual(decoder.decode(block), headers);
    return block;
  };
  return { encoder, encode };
}

const hex = (block: Buffer) => block.toString('hex');
const literal = (text: string) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')]).toString('hex');
const topic = (name: string) => ['apns-topic', `org.example.${name}`] as const;

describe('an encoder', () => {
  test('sends what is in the static table as one octet', () => {
    const { encode } = createPair();
    assert.equal(
      hex(encode(':method', 'POST', ':scheme', 'https', ':path', '/', ':status', '200', 'accept-encoding', 'gzip, deflate')),
      '8387848890',
    );
  });

  test('inserts a header when it comes first and sends its index from then on', () => {
    const { encode } = createPair();
    assert.equal(hex(encode(':authority', 'push.example.org')), `41${literal('push.example.org')}`);
    assert.equal(hex(encode(...topic('a'))), `40${literal('apns-topic')}${literal('org.example.a')}`);
    assert.equal(hex(encode(':authority', 'push.example.org', ...topic('a'))), 'bfbe');
  });

  test('names a further value by the entry that holds the name', () => {
    const { encode } = createPair();
    encode(...topic('a'), 'te', 'trailers');
    assert.equal(hex(encode(...topic('b'))), `7f00${literal('org.example.b')}`);
    assert.equal(hex(encode(...topic('b'), ...topic('a'))), 'bec0');
  });

  test('never inserts what differs from push to push', () => {
    const { encode } = createPair();
    for (const name of ['apns-id', 'apns-collapse-id', 'apns-expiration', 'encryption', 'crypto-key', 'ttl', 'topic'])
      for (let count = 0; count < 2; count += 1) assert.equal(hex(encode(name, 'v')), `00${literal(name)}${literal('v')}`);
    assert.equal(hex(encode(':path', '/3/device/a')), `04${literal('/3/device/a')}`);
    assert.equal(hex(encode('content-length', '7')), `0f0d${literal('7')}`);
    assert.equal(hex(encode(...topic('a'), ...topic('a'))).slice(-2), 'be');
  });

  test('inserts a long access token as long as it fits in the table', () => {
    for (const length of [2000, 4096 - 32 - 'x-permission'.length]) {
      const { encode } = createPair();
      assert.ok(encode('x-permission', 'b'.repeat(length)).length > length);
      assert.equal(hex(encode('x-permission', 'b'.repeat(length))), 'be');
    }
  });

  test('inserts the next access token as well, when the one before has served a while', () => {
    const { encode } = createPair();
    for (let token = 0; token < 10; token += 1) {
      for (let count = 0; count < 60; count += 1) encode('x-permission', `${token}`.repeat(3000), ...topic('a'));
      assert.equal(encode('x-permission', `${token}`.repeat(3000), ...topic('a')).length, 2);
    }
  });

  test('does not let a token that does not fit drive out what is in the table', () => {
    const { encode } = createPair();
    encode(...topic('a'));
    const token = 'b'.repeat(4096 - 32 - 'x-permission'.length + 1);
    for (let count = 0; count < 3; count += 1) assert.ok(encode('x-permission', token).length > token.length);
    assert.equal(hex(encode(...topic('a'))), 'be');
  });

  test('leaves the others in the table when a value differs each time', () => {
    const { encode } = createPair();
    let [octets, inserted] = [0, 0];
    for (let count = 0; count < 1000; count += 1) {
      const block = encode('user-agent', 'Reveille', ...topic('a'), 'x-trace', `a value of its own ${count}`);
      if (block.length > 2 + 'a value of its own 1000'.length + 4) octets += 1;
      if (encode('x-trace', `a value of its own ${count}`).length === 1) inserted += 1;
    }
    // At first as many as the table holds, then a few now and then.
    assert.ok(octets < 15, `${octets} times more than the differing header was sent`);
    assert.ok(inserted < 4096 / 58 + (2 * 1000) / 32 + 2, `${inserted} of them inserted`);
  });

  test('inserts a value that stays, though its name had differed each time', () => {
    const { encode } = createPair();
    for (let count = 0; count < 1000; count += 1) encode('x-trace', `${count}`);
    for (let count = 0; count < 40; count += 1) encode('x-trace', 'the same now');
    assert.equal(hex(encode('x-trace', 'the same now')), 'be');
  });

  test('sends any number of names, and remembers a hundred', () => {
    const { encode } = createPair();
    for (let count = 0; count < 300; count += 1) encode(`x-${count}`, 'v');
    assert.equal(hex(encode('x-299', 'v', 'te', 'v')), `00${literal('x-299')}${literal('v')}00${literal('te')}${literal('v')}`);
    encode('x-99', 'v');
    assert.equal(hex(encode('x-99', 'v')), 'be');
  });

  test('sends characters above ASCII as latin1', () => {
    const { encode } = createPair();
    assert.equal(hex(encode('x', 'é\xff\x80\t')), `40${literal('x')}${literal('é\xff\x80\t')}`);
  });

  test('counts the longest block that there may be', () => {
    const encoder = new HeaderEncoder();
    const target = Buffer.alloc(100_000);
    for (const headers of [['a', ''], ['a', 'b'.repeat(70_000)], [':path', '/'], Array.from({ length: 200 }, (_, at) => `n${at}`), []]) {
      encoder.limitTable(0);
      encoder.limitTable(4096);
      assert.ok(encoder.encode(headers, target, 0) <= HeaderEncoder.longest(headers));
    }
  });
});

describe('the next block after a change of the table begins with', () => {
  test('nothing where a larger one is allowed than is used', () => {
    const { encoder, encode } = createPair();
    encoder.limitTable(65_536);
    assert.equal(hex(encode(':method', 'GET')), '82');
  });

  test('the new size, once', () => {
    const { encoder, encode } = createPair();
    encode(...topic('a'));
    encoder.limitTable(100);
    assert.equal(hex(encode(':method', 'GET', ...topic('a'))), '3f4582be');
    assert.equal(hex(encode(':method', 'GET')), '82');
  });

  test('the smallest size and the last', () => {
    const { encoder, encode } = createPair();
    encode(...topic('a'));
    for (const bytes of [200, 0, 10, 10_000]) encoder.limitTable(bytes);
    const block = hex(encode(...topic('a')));
    assert.equal(block, `203fe11f40${literal('apns-topic')}${literal('org.example.a')}`);
    assert.equal(hex(encode(...topic('a'))), 'be');
  });

  test('one size where the smallest is the last', () => {
    const { encoder, encode } = createPair();
    for (const bytes of [200, 100, 0]) encoder.limitTable(bytes);
    assert.equal(hex(encode('te', 'trailers')), `2000${literal('te')}${literal('trailers')}`);
    assert.equal(hex(encode('te', 'trailers')), `00${literal('te')}${literal('trailers')}`);
  });
});

describe('a header that none may be', () => {
  const secret = 'a-secret';
  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['a value with a line feed', ['authorization', `${secret}\n`], /authorization/],
    ['a value with a carriage return', ['authorization', `\r${secret}`], /authorization/],
    ['a value with NUL', ['apns-id', `${secret}\0`], /apns-id/],
    ['a value with another control character', ['apns-id', `${secret}\x1b`], /apns-id/],
    ['a value with DEL', ['apns-id', `${secret}\x7f`], /apns-id/],
    ['a value with a character above latin1', [':path', `${secret}\u0100`], /:path/],
    ['a value with an emoji', ['apns-collapse-id', `${secret}🔔`], /apns-collapse-id/],
    ['a name with upper case', [`A-${secret}`, 'v'], /headers\[0\]/],
    ['a name with a space', [':method', 'GET', `${secret} x`, 'v'], /headers\[2\]/],
    ['a name with a line feed behind it', [`${secret}\n`, 'v'], /headers\[0\]/],
    ['a name with two colons', [`::${secret}`, 'v'], /headers\[0\]/],
    ['an empty name', ['', secret], /headers\[0\]/],
    ['a name without a value', [':method', 'GET', secret], /in turn/],
  ];

  for (const [what, headers, message] of refused)
    test(`is refused without telling the value: ${what}`, () => {
      const encoder = new HeaderEncoder();
      for (let count = 0; count < 2; count += 1)
        assert.throws(
          () => encoder.encode(headers, Buffer.alloc(1000), 0),
          (error) => error instanceof TypeError && message.test(error.message) && !error.message.includes(secret),
        );
    });

  test('does not spoil what is sent after it', () => {
    const { encoder, encode } = createPair();
    encode(...topic('a'), 'te', 'trailers');
    assert.throws(() => encoder.encode(['x-new', 'v', ...topic('a'), 'x-bad', '\n'], Buffer.alloc(1000), 0), TypeError);
    for (let count = 0; count < 2; count += 1) encode('te', 'trailers', ...topic('a'), 'x-new', 'v');
    assert.equal(hex(encode('te', 'trailers', ...topic('a'), 'x-new', 'v')), 'c0bfbe');
  });

  test('does not lose a size that was to be told', () => {
    const { encoder, encode } = createPair();
    encoder.limitTable(100);
    assert.throws(() => encoder.encode(['x-bad', '\n'], Buffer.alloc(1000), 0), TypeError);
    assert.equal(hex(encode(':method', 'GET')), '203f4582');
  });

  test('is told from one without room, which spoils nothing either', () => {
    const { encoder, encode } = createPair();
    for (const length of [0, 5, 20])
      assert.throws(() => encoder.encode([...topic('a'), ...topic('a')], Buffer.alloc(length), 0), RangeError);
    encode(...topic('a'));
    encode(...topic('a'));
  });
});
