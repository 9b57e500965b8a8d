import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseError } from 'pg';
import { translateDatabaseError } from '../../src/registry/postgres/database-error.ts';
import { DatabaseUnavailable } from '../../src/registry/registry.ts';

function buildError(code: string): DatabaseError {
  return Object.assign(new DatabaseError('text', 4, 'error'), { code, detail: 'Key (token)=(s3cret)' });
}

for (const code of ['08006', '25006', '28P01', '3D000', '40001', '40P01', '53100', '53300', '57014', '57P01', '57P03', '58030']) {
  test(`SQLSTATE ${code} means that the database can't be asked now`, () => {
    const error = translateDatabaseError(buildError(code));
    assert.ok(error instanceof DatabaseUnavailable);
    assert.equal((error.cause as DatabaseError).code, code);
    assert.equal((error.cause as DatabaseError).detail, undefined);
  });
}

for (const code of ['22021', '23505', '23514', '42501', '42601', '42P01', 'XX000']) {
  test(`SQLSTATE ${code} is an error of its own, without the row`, () => {
    const error = buildError(code);
    assert.equal(translateDatabaseError(error), error);
    assert.equal(error.detail, undefined);
  });
}

test('what the driver reports without a SQLSTATE is a lost or late connection', () => {
  assert.ok(translateDatabaseError(new Error('Query read timeout')) instanceof DatabaseUnavailable);
  assert.ok(translateDatabaseError(Object.assign(new Error('x'), { code: 'ECONNRESET' })) instanceof DatabaseUnavailable);
});

test('a refused connect to several addresses says so', () => {
  const error = translateDatabaseError(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }));
  assert.match((error as Error).message, /ECONNREFUSED/);
});

test('a bug of ours stays one', () => {
  const bug = new TypeError('x');
  assert.equal(translateDatabaseError(bug), bug);
});
