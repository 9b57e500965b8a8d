import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readEmbeddedVersion } from '../../../src/registry/embedded/process/binaries.ts';
import { listMigrations, refuseNewer } from '../../../src/registry/postgres/schema.ts';

interface Row {
  readonly version: string;
  readonly schema: number;
  readonly from: number;
  readonly to: number;
  readonly postgres: string;
  readonly node: string;
}

const whatToDo = 'correct the table of versions and schemas in docs/policy.md';
const rowOf = /^\| (\d+\.\d+\.\d+)(?: \(next\))? \| (\d+) \| (?:(\d{4}) to (\d{4})|(none)) \| (\d+) \| (\d+) \|/gm;
const page = readFileSync('docs/policy.md', 'utf8');
const rows = Array.from(page.matchAll(rowOf), ([, version = '', schema, from, to, , postgres = '', node = '']): Row => {
  return { version, schema: Number(schema), from: Number(from ?? 0), to: Number(to ?? schema), postgres, node };
});
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string; engines: { node: string } };

test('the table of versions names each migration once, in order, and ends at the schema of this program', async () => {
  const numbers = (await listMigrations()).map(({ number }) => number);
  const named = rows.filter(({ from }) => from > 0).flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, n) => from + n));
  assert.deepEqual(named, numbers, whatToDo);
  assert.deepEqual(
    rows.map(({ schema }) => schema),
    rows.map(({ to }) => to),
    whatToDo,
  );
  assert.equal(rows.at(-1)?.schema, numbers.at(-1), whatToDo);
});

test('a version that only mends brings no migration', () => {
  const minorOf = (version: string): string => version.replace(/\.\d+$/, '');
  const schemas = Map.groupBy(rows, ({ version }) => minorOf(version));
  for (const [minor, ofMinor] of schemas)
    assert.equal(new Set(ofMinor.map(({ schema }) => schema)).size, 1, `${minor}: a migration needs a new MINOR`);
});

test('the table has this version, and what it needs and brings', async () => {
  assert.ok(
    rows.some(({ version }) => version === manifest.version),
    whatToDo,
  );
  const last = rows.at(-1);
  assert.equal(last?.postgres, (await readEmbeddedVersion())?.split('.')[0], whatToDo);
  assert.equal(`>=${last?.node}`, manifest.engines.node, whatToDo);
});

test('the words of a refusal are those that docs/upgrading.md explains', () => {
  const explained = readFileSync('docs/upgrading.md', 'utf8');
  assert.throws(
    () => refuseNewer(7, 5),
    ({ message }: Error) => explained.includes(`reveille serve failed: ${message}\n`),
  );
  refuseNewer(5, 5);
});
