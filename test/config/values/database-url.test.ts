import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadText, mistakesOf, withLine } from '../read.ts';

const expected = 'expected a URL such as "postgres://user@host/database"';
const encode = 'in user and password write / ? # @ and % as %2F %3F %23 %40 and %25';

function mistakeOf(url: string): string {
  const lines = mistakesOf(withLine('database', `url = ${JSON.stringify(url)}`));
  assert.ok(lines.length <= 1, lines.join('\n'));
  const [line = ''] = lines;
  assert.doesNotMatch(line, /hunter/);
  return line;
}

test('addresses that the client library reads are taken', () => {
  const good = [
    'postgres://db/reveille',
    'postgresql://user@db:5432/reveille',
    'postgres://user:hunter%2F2@[::1]:5432/reveille',
    'postgres:///reveille?host=/var/run/postgresql&user=reveille',
    'postgres://user@/reveille?host=%2Fvar%2Frun%2Fpostgresql&application_name=a@b',
    'postgres://user:hunter2@db/reveille?sslmode=require',
  ];
  for (const url of good) assert.equal(loadText(withLine('database', `url = "${url}"`)).database.url, url);
});

test('a password with a character that ends an address is refused, and not told', () => {
  for (const password of ['hunter/2', 'hunter?2', 'hunter#2', '12/hunter', '12?hunter', '12#hunter', 'hun@ter', 'hunter%', 'hunter%zz'])
    assert.equal(
      mistakeOf(`postgres://user:${password}@db/reveille`),
      `database.url: ${expected}; ${encode}, found an address with a password (not shown)`,
    );
});

test("libpq's form is named, and not told", () => {
  assert.equal(
    mistakeOf('host=db user=reveille password=hunter2'),
    `database.url: ${expected}; the form of libpq (host=… password=…) is not read, found a text with a password (not shown)`,
  );
});

test('an address of another database and a certificate that is not there are refused', () => {
  assert.match(
    mistakeOf('mysql://user:hunter2@db/x'),
    /^database\.url: expected a URL such as .*, found an address with a password \(not shown\)$/,
  );
  assert.match(
    mistakeOf('postgres://user@db/x?sslmode=verify-full&sslrootcert=/no/such.pem'),
    /expected files that can be read in its sslcert/,
  );
});
