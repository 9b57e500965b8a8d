import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildHeader, encrypt, mostCipherBytes, mostPlainBytes, paddingFor, seal } from '../../../providers/webpush/message/encrypt.ts';
import { createBrowser } from './browser.ts';

const bytes = (text: string) => Buffer.from(text, 'base64url');

function keysOf({ p256dh, auth }: { readonly p256dh: string; readonly auth: string }) {
  return { p256dh: bytes(p256dh), auth: bytes(auth) };
}

describe('the encryption of messages', () => {
  test('is that of RFC 8291, Appendix A, to the byte', () => {
    const keys = keysOf({
      p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
      auth: 'BTBZMqHH6r4Tts7J_aSIgg',
    });
    const secrets = { salt: bytes('DGv6ra1nlYgDCS1FRnbzlw'), privateKey: bytes('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw') };
    assert.equal(
      encrypt(Buffer.from('When I grow up, I want to be a watermelon'), keys, 0, secrets).toString('base64url'),
      'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_' +
        'yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
    );
  });

  test('has the one record of RFC 8188 §3.1', () => {
    const salt = bytes('I1BsxtFttlv3u_Oo94xnmw');
    const record = Buffer.concat([Buffer.from('I am the walrus'), Buffer.from([2])]);
    const sealed = Buffer.concat([buildHeader(salt, Buffer.alloc(0)), seal(record, bytes('yqdlZ-tYemfogSmv7Ws5PQ'), salt)]);
    assert.equal(sealed.toString('base64url'), 'I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg');
  });

  test('is undone by http_ece for every length from 0 to the limit, and never exceeds 4096 bytes', () => {
    assert.equal(mostPlainBytes, 3993);
    const browser = createBrowser();
    const text = Buffer.from(Array.from({ length: mostPlainBytes }, (_, index) => index % 251));
    for (let length = 0; length <= mostPlainBytes; length += 1) {
      const plain = text.subarray(0, length);
      const message = encrypt(plain, keysOf(browser));
      assert.ok(message.length <= mostCipherBytes, `${length} bytes became ${message.length}`);
      assert.ok(browser.read(message).equals(plain), `a text of ${length} bytes was read as another one`);
    }
  });

  test('is undone without padding and with all the padding there is room for', () => {
    const browser = createBrowser();
    for (const [length, padding] of [
      [0, 0],
      [1, 0],
      [mostPlainBytes, 0],
      [0, mostPlainBytes],
      [1, mostPlainBytes - 1],
    ] as const) {
      const plain = Buffer.alloc(length, 'x');
      assert.deepEqual(browser.read(encrypt(plain, keysOf(browser), padding)), plain, `${length} bytes padded by ${padding}`);
    }
  });

  test('makes texts of similar length messages of the same length', () => {
    const browser = createBrowser();
    const lengths = Array.from({ length: 128 }, (_, index) => encrypt(Buffer.alloc(index), keysOf(browser)).length);
    assert.deepEqual([...new Set(lengths)], [86 + 128 + 16]);
    assert.equal(paddingFor(mostPlainBytes), 0);
  });

  test('refuses a text that needs a second record', () => {
    assert.throws(() => encrypt(Buffer.alloc(mostPlainBytes + 1), keysOf(createBrowser())), /too long/);
  });

  test('uses a fresh key and salt for each message', () => {
    const keys = keysOf(createBrowser());
    const [one, other] = [encrypt(Buffer.from('x'), keys), encrypt(Buffer.from('x'), keys)];
    assert.notDeepEqual(one.subarray(0, 16), other.subarray(0, 16));
    assert.notDeepEqual(one.subarray(21, 86), other.subarray(21, 86));
  });
});
