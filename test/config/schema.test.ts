import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { parse } from 'smol-toml';
import { buildJsonSchema, schemaFile } from '../../scripts/schema.ts';

interface Validate {
  (value: unknown): boolean;
  readonly errors?: readonly { readonly dataPath: string; readonly message: string }[] | null;
}

// ESLint brings a JSON Schema validator that isn't ours.
const require = createRequire(createRequire(import.meta.url).resolve('eslint/package.json'));
const Ajv = require('ajv') as new (options: object) => { compile(schema: unknown): Validate };
const validate = new Ajv({ allErrors: true, schemaId: 'auto' }).compile(JSON.parse(readFileSync(schemaFile, 'utf8')));

const example = readFileSync('etc/reveille.example.toml', 'utf8');
const component = { jid: 'push.example.org', secret: 'x' };

function isValid(providers: unknown, tables: object = {}): boolean {
  return validate({ component, providers, ...tables });
}

test('the committed schema is the one that scripts/schema.ts writes', async () => {
  const written: unknown = JSON.parse(readFileSync(schemaFile, 'utf8'));
  assert.deepEqual(written, JSON.parse(JSON.stringify(await buildJsonSchema())), 'run: node scripts/run.mjs scripts/schema.ts');
});

test('the example is valid, as it is and with every optional key', () => {
  for (const text of [example, example.replace(/^#(?=[a-z][a-z0-9_-]* = |\[)/gm, '')]) {
    validate(JSON.parse(JSON.stringify(parse(text))));
    assert.deepEqual(validate.errors ?? [], []);
  }
});

test('editors mark unknown keys, in the core and in the tables of built-in providers', () => {
  assert.ok(isValid({ a: { use: 'apns' } }));
  assert.ok(!isValid({ a: { use: 'apns', topic: 'x' } }));
  assert.ok(!isValid({ a: { use: 'log', environment: 'production' } }));
  assert.ok(!isValid({ a: { use: 'apns' } }, { htpp: {} }));
  assert.ok(!isValid({ a: { use: 'apns' } }, { log: { lvel: 'info' } }));
});

test('editors leave the options of other providers alone', () => {
  assert.ok(isValid({ a: { use: './mine.js', anything: [1] } }));
  assert.ok(!isValid({ a: { anything: 1 } }));
});

test('a reference stands for any string', () => {
  assert.ok(isValid({ a: { use: 'apns', 'cert-password': { env: 'NAME' } } }, { database: { url: { file: 'url.txt' } } }));
  assert.ok(!isValid({ a: { use: 'apns', 'cert-password': { environment: 'NAME' } } }));
  assert.ok(!isValid({ a: { use: 'apns', 'fallback-to-sandbox': { env: 'NAME' } } }));
});
