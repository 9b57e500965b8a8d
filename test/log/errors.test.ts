import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Client } from 'pg';
import { createTestDatabase } from '../helpers/database/postgres.ts';
import { openLog } from './lines.ts';

const word = randomBytes(8).toString('hex');

/** The text that `log` writes for this error. */
function written(error: unknown): string {
  const { log, text } = openLog();
  log.error('failed', { error });
  return text();
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test('an error has its type, message, code and places, and its causes have theirs', () => {
  const cause = Object.assign(new RangeError('too far'), { code: 'EFAR' });
  const line = JSON.parse(written(new TypeError('broken', { cause }))) as { error: Record<string, unknown> };
  assert.equal(line.error['type'], 'TypeError');
  assert.equal(line.error['message'], 'broken');
  assert.match(String(line.error['stack']), /^TypeError: broken\n {4}at .*errors\.test\.ts/);
  assert.deepEqual({ ...(line.error['cause'] as object), stack: '' }, { type: 'RangeError', message: 'too far', code: 'EFAR', stack: '' });
});

test('fields that others gave an error stay out', () => {
  assert.ok(!written(Object.assign(new Error('failed'), { detail: word, body: word, input: word })).includes(word));
});

test('people in messages, causes and aggregates have pseudonyms, tokens are shortened', () => {
  const token = randomBytes(32).toString('hex');
  const inner = new Error(`anna@example.net has ${token}`);
  const text = written(new AggregateError([inner], 'many', { cause: new Error('outer', { cause: inner }) }));
  assert.ok(!text.includes('anna@example.net') && !text.includes(token), text);
  assert.equal(text.match(/jid:[\da-f]{12}/g)?.length, 4, text);
});

describe('what the runtime repeats of its input in a message', () => {
  const cases: Readonly<Record<string, () => unknown>> = {
    'a JSON text that is cut off': () => JSON.parse(`{"body":"${word}`) as unknown,
    'a JSON text that is none': () => JSON.parse(word) as unknown,
    'an argument': () => Buffer.alloc(word as unknown as number),
    'a URL': () => new URL(word),
  };
  for (const [name, work] of Object.entries(cases)) {
    test(`${name} stays out`, () => {
      const error = thrownBy(work);
      assert.ok(!written(error).includes(word.slice(0, 6)), written(error));
    });
  }
});

test('an error that throws when it is read costs no line', () => {
  const trap = Object.defineProperty(new Error('x'), 'message', {
    get: () => {
      throw new Error('read');
    },
  });
  assert.match(written(trap), /unreadable/);
});

describe('an error of the database', () => {
  let database: { readonly url: string; close(): Promise<void> };
  let client: Client;
  before(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query('CREATE TABLE t (secret_token text PRIMARY KEY, n int CHECK (n > 0))');
    await client.query('INSERT INTO t VALUES ($1, 1)', [word]);
  });
  after(async () => {
    await client.end();
    await database.close();
  });

  for (const [name, statement, values] of [
    ['a key that is there already', 'INSERT INTO t VALUES ($1, 1)', [word]],
    ['a row that a check refuses', 'INSERT INTO t VALUES ($1, 0)', [`${word}-other`]],
    ['a value of another type', 'SELECT $1::int', [word]],
    ['a date that is none', "SELECT ('x' || $1)::timestamptz", [word]],
  ] as const) {
    test(`${name}: the value stays out`, async () => {
      const error: unknown = await client.query(statement, [...values]).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof Error);
      assert.ok(!written(error).includes(word), written(error));
    });
  }
});
