import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { checkOptions } from '../../src/config/check-options.ts';

const schema = z
  .strictObject({
    'apns-topic': z.string().min(3),
    'pool-size': z.int().min(1).max(8).default(1),
    environment: z.enum(['production', 'sandbox']).optional(),
    endpoint: z.url().optional(),
    'cert-password': z.string().min(20).optional(),
    when: z.union([z.string(), z.strictObject({ from: z.number() })]).optional(),
  })
  .refine((options) => options['apns-topic'] !== 'none', 'expected another topic');
const check = (options: unknown): string[] => checkOptions(schema, options, ['providers', 'a:1']);

test('sound options have no mistakes', () => {
  assert.deepEqual(check({ 'apns-topic': 'org.example' }), []);
});

test('every mistake is a line with path, expectation and what was found', () => {
  assert.deepEqual(
    check({ 'apns-topic': 'x', 'pool-size': 9, environment: 'prod', endpoint: 'here', 'cert-password': 'hunter2', when: 1 }),
    [
      'providers."a:1".apns-topic: expected at least 3 characters, found "x"',
      'providers."a:1".pool-size: expected at most 8, found 9',
      'providers."a:1".environment: expected "production" or "sandbox", found "prod"',
      'providers."a:1".endpoint: expected a URL, found "here"',
      'providers."a:1".cert-password: expected at least 20 characters, found a string (not shown)',
      'providers."a:1".when: expected a string or a table, found 1',
    ],
  );
});

test('inside an alternative that fits, the mistake itself is named', () => {
  assert.deepEqual(check({ 'apns-topic': 'abc', when: { from: 'x' } }), ['providers."a:1".when.from: expected a number, found "x"']);
});

test('an unknown key is answered with the nearest one', () => {
  assert.deepEqual(check({ topic: 'abc', poolSize: 2 }), [
    'providers."a:1".topic: unknown key, did you mean "apns-topic"?',
    'providers."a:1".poolSize: unknown key, did you mean "pool-size"?',
  ]);
});

test("a rule over the whole table is given in its author's words", () => {
  assert.deepEqual(check({ 'apns-topic': 'none' }), ['providers."a:1": expected another topic']);
});

test('a Standard Schema that is not zod serves as well', () => {
  const other = {
    '~standard': {
      validate: (value: unknown) =>
        (value as { size?: unknown }).size === 1 ? { value } : { issues: [{ message: 'must be one', path: [{ key: 'size' }] }] },
    },
  };
  assert.deepEqual(checkOptions(other, { size: 1 }, ['providers', 'p']), []);
  assert.deepEqual(checkOptions(other, { size: 2 }, ['providers', 'p']), ['providers.p.size: must be one, found 2']);
});

test('an asynchronous schema is refused as a bug of the provider', () => {
  const schema = { '~standard': { validate: async () => ({ issues: [] }) } };
  assert.throws(() => checkOptions(schema, {}, []), TypeError);
});
