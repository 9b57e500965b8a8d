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
  tuple,
  type Arbitrary,
} from 'fast-check';
import { RecordCache } from '../../src/base/records/record-cache.ts';
import type { Device, FoundDevice } from '../../src/registry/devices/device.ts';
import { pack } from '../../src/registry/devices/packing/pack.ts';
import { Unpacker } from '../../src/registry/devices/packing/unpack.ts';

const key = 'Zk3xJ0aB1cD2eF3gH4iJ5kL6mN7oP8qR';
const special = ['', '0', 'ab', 'AB', 'abc', 'ab'.repeat(32), 'AB'.repeat(32), 'a'.repeat(64), '\0', 'undefined', key];

/** Devices whose texts are of these characters, found under this key. */
function buildFound(unit: 'binary' | 'binary-ascii', under: string): Arbitrary<FoundDevice> {
  const text = oneof(
    { weight: 4, arbitrary: string({ unit, maxLength: 40 }) },
    { weight: 1, arbitrary: string({ unit, minLength: 100, maxLength: 3000, size: 'max' }) },
    { weight: 3, arbitrary: constantFrom(...special) },
  );
  const optional = option(text, { nil: undefined, freq: 2 });
  const keys = dictionary(oneof(text, constant('__proto__')), text, { noNullPrototype: true });
  const always = { owner: text, provider: text, token: text, secondToken: optional, secret: optional, note: optional };
  const node = oneof(constant(under), text);
  const device: Arbitrary<Device> = record(
    {
      node,
      behind: node,
      ...always,
      registeredAt: date({ noInvalidDate: false }),
      dialect: record({ name: text, handle: text, keys }, { noNullPrototype: true }),
    },
    { noNullPrototype: true, requiredKeys: ['node', 'owner', 'provider', 'token', 'secondToken', 'secret', 'note', 'registeredAt'] },
  );
  const several = tuple(device, array(device, { minLength: 1, maxLength: 5 }));
  return oneof(
    { weight: 3, arbitrary: device },
    { weight: 1, arbitrary: several.map(([first, companions]) => ({ ...first, companions })) },
  );
}

for (const unit of ['binary', 'binary-ascii'] as const)
  for (const under of [key, '節', ''])
    test(`whatever is known of a device comes back as it was: ${unit}, under '${under}'`, () => {
      const [cache, unpacker] = [new RecordCache(10), new Unpacker()];
      const doubts = oneof(nat(200), nat(2 ** 30 - 1));
      let kept = 0;
      check(
        property(buildFound(unit, under), doubts, (found, before) => {
          if (!cache.set(under, pack(found, before, under))) return;
          kept += 1;
          assert.equal(unpacker.moveTo(cache.get(under)!), before);
          assert.deepEqual(unpacker.readFound(), found);
        }),
        { seed: 20_261_201, numRuns: 250 },
      );
      assert.ok(kept > 200, `${kept} were short enough`);
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
