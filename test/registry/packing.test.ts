import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  array,
  assert as check,
  constant,
  constantFrom,
  date,
  dictionary,
  nat,
  oneof,
  option,
  property,
  record,
  string,
  type Arbitrary,
} from 'fast-check';
import { RecordCache } from '../../src/base/records/record-cache.ts';
import type { Device, FoundDevice } from '../../src/registry/devices/device.ts';
import { pack } from '../../src/registry/devices/packing/pack.ts';
import { Unpacker } from '../../src/registry/devices/packing/unpack.ts';

const key = 'Zk3xJ0aB1cD2eF3gH4iJ5kL6mN7oP8qR';
const text = oneof(
  { weight: 3, arbitrary: string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: string({ unit: 'binary', minLength: 100, maxLength: 3000, size: 'max' }) },
  {
    weight: 2,
    arbitrary: constantFrom('', '0', 'ab', 'AB', 'abc', 'ab'.repeat(32), 'AB'.repeat(32), '節', '\0', 'a'.repeat(64), 'undefined', key),
  },
);
const optional = option(text, { nil: undefined, freq: 2 });
const dialect = record(
  { name: text, handle: text, keys: dictionary(oneof(text, constant('__proto__')), text, { noNullPrototype: true }) },
  { noNullPrototype: true },
);
const device: Arbitrary<Device> = record(
  {
    node: oneof(constant(key), text),
    behind: oneof(constant(key), text),
    owner: text,
    provider: text,
    token: text,
    secondToken: optional,
    secret: optional,
    note: optional,
    registeredAt: date({ noInvalidDate: false }),
    dialect,
  },
  { noNullPrototype: true, requiredKeys: ['node', 'owner', 'provider', 'token', 'secondToken', 'secret', 'note', 'registeredAt'] },
);
const found: Arbitrary<FoundDevice> = oneof(
  device,
  record({ first: device, companions: array(device, { minLength: 1, maxLength: 5 }) }).map(({ first, companions }) => ({
    ...first,
    companions,
  })),
);

test('whatever is known of a device comes back as it was', () => {
  const [cache, unpacker] = [new RecordCache(10), new Unpacker()];
  const doubts = oneof(nat(200), nat(2 ** 30 - 1));
  check(
    property(found, doubts, (known, before) => {
      if (!cache.set(key, pack(known, before, key))) return;
      assert.equal(unpacker.moveTo(cache.get(key)!), before);
      assert.deepEqual(unpacker.readFound(), known);
    }),
    { seed: 20_261_201, numRuns: 800 },
  );
});

test('a usual device takes few bytes', () => {
  const usual: Device = {
    node: key,
    owner: 'user123456@example.org',
    provider: 'apns-sandbox',
    token: 'ab12'.repeat(16),
    secondToken: undefined,
    secret: undefined,
    note: undefined,
    registeredAt: new Date(),
  };
  assert.equal(pack(usual, 0, key).length, 1 + 1 + 23 + 13 + 33 + 8);
});
