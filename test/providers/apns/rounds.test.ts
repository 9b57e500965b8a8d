import assert from 'node:assert/strict';
import { test } from 'node:test';
import forge from 'node-forge';
import { parseCertificate } from '../../../providers/apns/credentials/certificate.ts';
import { createFileLoader } from '../../../providers/files/load-file.ts';
import { buildBases, password } from '../../fuzz/certificates/bases.ts';
import { setRounds } from '../../fuzz/certificates/rounds.ts';
import { createFolder, writeInto } from '../kit.ts';

const bases = buildBases();
const tooMuch = { message: /^asks for more work than 2 000 000 rounds to open it; export it again with fewer iterations$/ };

function open(file: Buffer, secret = password): unknown {
  return parseCertificate(file, secret, new Date());
}

for (const name of ['p12-3des', 'p12-aes', 'p12-without-mac', 'p12-without-password', 'pem-encrypted', 'pem-scrypt'] as const)
  test(`${name} that asks for billions of rounds is refused at once, with words`, () => {
    assert.throws(() => open(setRounds(bases[name], 2 ** 31 - 1)), tooMuch);
    assert.throws(() => open(setRounds(bases[name], 2 ** 40)));
  });

test('files with as many rounds as their makers use are opened, and forge is as before', () => {
  const { generateKey } = forge.pkcs12;
  for (const name of ['p12-3des', 'p12-aes', 'p12-without-mac', 'pem-encrypted'] as const) assert.ok(open(bases[name]));
  assert.throws(() => open(setRounds(bases['p12-3des'], 2 ** 31 - 1)));
  assert.equal(forge.pkcs12.generateKey, generateKey);
});

test('many encrypted keys in one PEM file share the bound', () => {
  const one = setRounds(bases['pem-encrypted'], 100_000);
  assert.throws(() => open(Buffer.concat(Array.from({ length: 30 }, () => one))), tooMuch);
});

test('a damaged .p12 under a password that is not ASCII is called unreadable, in words', () => {
  for (const length of [0, 2, 40, 1000]) assert.throws(() => open(bases['p12-aes'].subarray(0, length)), /is not a readable \.p12 file/);
});

test('a file of more than a megabyte is not read', (context) => {
  const folder = createFolder(context);
  writeInto(folder, { large: Buffer.alloc(1_000_001), fits: Buffer.alloc(1_000_000) });
  const loader = createFileLoader((name) => `${folder}/${name}`);
  assert.equal(
    loader.load('cert-file', 'fits', (file) => file.length),
    1_000_000,
  );
  loader.load('cert-file', 'large', () => 'read');
  assert.deepEqual(loader.mistakes, ['cert-file: large is larger than 1 MB; that is no certificate or key']);
});
