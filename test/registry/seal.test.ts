import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { buildSealingKey, seal, unseal } from '../../src/registry/credentials/seal.ts';

const key = buildSealingKey(randomBytes(32));
const content = Buffer.from('a certificate and its password');

test('what is sealed opens with the same key at the same place, and is sealed otherwise each time', () => {
  const [one, other] = [seal(content, 'apns', key), seal(content, 'apns', key)];
  assert.deepEqual(unseal(one, 'apns', key), content);
  assert.notDeepEqual(one, other);
  assert.ok(!one.includes('certificate'));
  assert.deepEqual(unseal(seal(Buffer.alloc(0), 'apns', key), 'apns', key), Buffer.alloc(0));
});

test('another key, another place and any changed byte are refused', () => {
  const sealed = seal(content, 'apns', key);
  assert.equal(unseal(sealed, 'apns', buildSealingKey(randomBytes(32))), undefined);
  assert.equal(unseal(sealed, 'apns2', key), undefined);
  for (let index = 0; index < sealed.length; index += 1) {
    const changed = Buffer.from(sealed);
    changed[index]! ^= 1;
    assert.equal(unseal(changed, 'apns', key), undefined, `byte ${index}`);
  }
  for (let length = 0; length < sealed.length; length += 1) assert.equal(unseal(sealed.subarray(0, length), 'apns', key), undefined);
});

test('the id of a key is the same each time and holds nothing of the key', () => {
  const bytes = randomBytes(32);
  const { id } = buildSealingKey(bytes);
  assert.equal(buildSealingKey(bytes).id, id);
  assert.match(id, /^[0-9a-f]{12}$/);
  assert.ok(!bytes.toString('hex').includes(id));
  assert.notEqual(buildSealingKey(randomBytes(32)).id, id);
});
