import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findFlaws, pageOfProofs } from '../../scripts/interop.ts';
import { type Proof, proofs } from './proofs.ts';

const root = join(import.meta.dirname, '../..');

test('every test that the page names exists', () => {
  assert.deepEqual(
    proofs.flatMap((proof) => findFlaws(root, proof)),
    [],
  );
});

test('the page is what the proofs yield', () => {
  assert.equal(readFileSync(join(root, 'docs/interop.md'), 'utf8'), pageOfProofs(proofs), 'Run: node scripts/run.mjs scripts/interop.ts');
});

const good: Proof = {
  client: 'Siskin IM',
  service: 'APNs',
  how: 'real',
  servers: { 'Prosody 13.0': 'Prosody 13.0' },
  file: 'test/flows/push-arrives.test.ts',
  test: 'a push through SERVER › a client finds the component by service discovery',
};

test('a claim without its test, file, server or service is found', () => {
  assert.deepEqual(findFlaws(root, good), []);
  assert.deepEqual(findFlaws(root, { ...good, file: 'test/flows/nothing.test.ts' }), ['no file test/flows/nothing.test.ts']);
  assert.deepEqual(findFlaws(root, { ...good, test: 'a push through SERVER › it flies' }), [
    'test/flows/push-arrives.test.ts has no test or suite "it flies"',
  ]);
  assert.deepEqual(findFlaws(root, { ...good, servers: { Tigase: 'Tigase' } }), ['test/flows/push-arrives.test.ts is not run with Tigase']);
  assert.deepEqual(findFlaws(root, { ...good, service: 'FCM' }), ['Siskin IM is not woken by FCM']);
});

test('a cell that nobody proves is empty', () => {
  const page = pageOfProofs([good]);
  assert.match(page, /^\| Siskin IM \| APNs \| {2}\| \[real\]\(#siskin-im\) \|(?: {2}\|){5}$/m);
  assert.match(page, /## Monal\n\nNo test yet\.\n/);
});
