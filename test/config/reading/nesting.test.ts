import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeeperThan } from '../../../src/config/reading/nesting.ts';
import { mistakesOf, smallest } from '../read.ts';

test('tables that stand thousands deep in one another are a mistake like any other', () => {
  for (const deep of [`[providers.plain${'.a'.repeat(5000)}]\nb = 1`, `deep${'.a'.repeat(20_000)} = 1`])
    assert.deepEqual(mistakesOf(`${smallest}${deep}\n`), [
      '/etc/reveille.toml: expected at most 32 tables and lists inside one another, found more',
    ]);
});

test('levels are counted in tables and lists alike', () => {
  assert.deepEqual([isDeeperThan(2, { a: [1] }), isDeeperThan(1, { a: [1] }), isDeeperThan(0, 1)], [false, true, false]);
});
