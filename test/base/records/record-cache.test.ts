import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { array, assert as check, constant, constantFrom, nat, oneof, property, string, tuple, type Arbitrary } from 'fast-check';
import type { HashWords } from '../../../src/base/records/hash.ts';
import { RecordCache } from '../../../src/base/records/record-cache.ts';

/** What it is to be, without any of its economy. */
class Model {
  readonly records = new Map<string, string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): string | undefined {
    const value = this.records.get(key);
    if (value === undefined) return undefined;
    this.records.delete(key);
    this.records.set(key, value);
    return value;
  }

  set(key: string, value: string): boolean {
    this.records.delete(key);
    if (key.length > 1024 || sizeOf(key, value) > mostBytes) return false;
    if (this.records.size === this.#most) this.records.delete(this.records.keys().next().value!);
    this.records.set(key, value);
    return true;
  }

  delete(key: string): boolean {
    return this.records.delete(key);
  }

  clear(): void {
    this.records.clear();
  }
}

const mostBytes = 65_536;
const headBytes = 8;
const toWords = (bytes: number): number => Math.ceil(bytes / 4) * 4;
const sizeOf = (key: string, value: string): number => headBytes + toWords(Buffer.byteLength(key)) + toWords(Buffer.byteLength(value));

function read(cache: RecordCache, key: string): string | undefined {
  const view = cache.get(key);
  if (view === undefined) return undefined;
  assert.equal(view.bytes.toString('utf8', view.keyStart, view.keyEnd), key);
  return view.bytes.toString('utf8', view.start, view.end);
}

type Step = readonly ['get' | 'delete', key: string] | readonly ['set', key: string, value: string] | readonly ['clear'];

function play(most: number, hash: HashWords | undefined, steps: readonly Step[]): void {
  const [cache, model] = [new RecordCache(most, hash), new Model(most)];
  for (const [what, key = '', value = ''] of steps) {
    if (what === 'clear') cache.clear();
    if (what === 'clear') model.clear();
    if (what === 'get') assert.equal(read(cache, key), model.get(key));
    if (what === 'delete') assert.equal(cache.delete(key), model.delete(key));
    if (what === 'set') assert.equal(cache.set(key, Buffer.from(value)), model.set(key, value));
    assert.equal(cache.size, model.records.size);
    assertEconomy(cache, model);
  }
  for (const [key, value] of model.records) assert.equal(read(cache, key), value);
}

/** What is held is in proportion to what is remembered, a few chunks apart. */
function assertEconomy(cache: RecordCache, { records }: Model): void {
  let live = 0;
  for (const [key, value] of records) live += sizeOf(key, value);
  assert.ok(cache.chunkBytes <= 2 * live + 4 * 262_144, `${cache.chunkBytes} bytes for ${live}`);
}

const letters = constantFrom(
  '',
  'a',
  'b',
  'ab',
  'abc',
  'abcd',
  'é',
  'ß',
  '節',
  '😀',
  '\0',
  'x'.repeat(1024),
  '節'.repeat(1024),
  'y'.repeat(1025),
);
const key = oneof(
  { weight: 4, arbitrary: nat(40).map((number) => `node-${number}`) },
  { weight: 2, arbitrary: letters },
  { weight: 1, arbitrary: string({ unit: 'grapheme', maxLength: 12 }) },
);
const value = oneof(
  { weight: 6, arbitrary: nat(200).map((length) => 'v'.repeat(length)) },
  { weight: 2, arbitrary: tuple(constantFrom('w', '節'), nat(20_000)).map(([unit, length]) => unit.repeat(length)) },
  {
    weight: 1,
    arbitrary: constantFrom('', 'z'.repeat(65_500), 'z'.repeat(65_520), 'z'.repeat(65_528), 'z'.repeat(65_529), 'z'.repeat(70_000)),
  },
);
const step: Arbitrary<Step> = oneof(
  { weight: 60, arbitrary: tuple(constant('set' as const), key, value) },
  { weight: 30, arbitrary: tuple(constant('get' as const), key) },
  { weight: 15, arbitrary: tuple(constant('delete' as const), key) },
  { weight: 1, arbitrary: tuple(constant('clear' as const)) },
);

/** Few, so that keys meet; the last of them all in one place. */
const hashes: Readonly<Record<string, HashWords | undefined>> = {
  'the seeded hash': undefined,
  'a hash of four values': (words, count) => (count === 0 ? 0 : words[count - 1]! & 3),
  'a hash that is one place of the last': () => -1,
};

describe('records under keys, in bytes', () => {
  for (const [name, hash] of Object.entries(hashes))
    test(`are those of a plain map, whatever is done, with ${name}`, () => {
      check(
        property(constantFrom(1, 2, 7, 30, 1000), array(step, { maxLength: 400, size: 'max' }), (most, steps) => play(most, hash, steps)),
        { seed: 20_261_201, numRuns: 60 },
      );
    });

  test('are those of a plain map through growth, replacement and cleaning', () => {
    const most = 3000;
    const [cache, model] = [new RecordCache(most), new Model(most)];
    let random = 1;
    const draw = (below: number) => (random = (random * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 120_000; round += 1) {
      const key = `node-${draw(5000)}`;
      const what = draw(10);
      if (what < 5) {
        const value = String(draw(10)).repeat(draw(300));
        cache.set(key, Buffer.from(value));
        model.set(key, value);
      } else if (what < 9) assert.equal(read(cache, key), model.get(key));
      else assert.equal(cache.delete(key), model.delete(key));
      if (round % 1000 === 0) assertEconomy(cache, model);
    }
    assert.equal(cache.size, model.records.size);
    for (const [key, value] of model.records) assert.equal(read(cache, key), value);
  });

  test('take next to nothing at first, and nothing after all is forgotten', () => {
    const cache = new RecordCache(1_000_000);
    const held = () => cache.chunkBytes;
    assert.equal(held(), 0);
    cache.set('a', Buffer.from('b'));
    assert.equal(held(), 16_384);
    for (let i = 0; i < 20_000; i += 1) cache.set(`node-${i}`, Buffer.alloc(100));
    assert.ok(held() > 2_000_000);
    for (let i = 0; i < 20_000; i += 1) cache.delete(`node-${i}`);
    assert.ok(held() <= 2 * 262_144, `${held()}`);
    cache.clear();
    assert.equal(held(), 0);
  });

  test('give memory back though what is left lies scattered', () => {
    const cache = new RecordCache(100_000);
    for (let i = 0; i < 50_000; i += 1) cache.set(`node-${i}`, Buffer.alloc(100));
    for (let i = 0; i < 50_000; i += 1) if (i % 50 !== 0) cache.delete(`node-${i}`);
    assert.ok(cache.chunkBytes < 1_000_000, `${cache.chunkBytes}`);
    assert.equal(cache.size, 1000);
    for (let i = 0; i < 50_000; i += 50) assert.equal(read(cache, `node-${i}`), '\0'.repeat(100));
  });

  test('that come and go one after the other take no more than one does', () => {
    const cache = new RecordCache(10);
    for (let i = 0; i < 50_000; i += 1) {
      cache.set('a', Buffer.alloc(i % 300));
      if (i % 3 !== 0) cache.delete('a');
    }
    assert.ok(cache.chunkBytes <= 4 * 16_384, `${cache.chunkBytes}`);
  });

  test('of the same length are written over', () => {
    const cache = new RecordCache(10);
    cache.set('a', Buffer.from('one'));
    for (let i = 0; i < 100_000; i += 1) cache.set('a', Buffer.from('two'));
    assert.equal(read(cache, 'a'), 'two');
    assert.equal(cache.chunkBytes, 16_384);
  });
});
