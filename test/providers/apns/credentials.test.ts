import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import create from '../../../providers/apns/index.ts';
import { buildAuthority, buildSigningKey } from '../../../src/sandbox/authority.ts';
import { buildPush, captureTools, createFolder, never, writeInto } from '../kit.ts';

const topic = 'org.example.app';
const authority = buildAuthority();
const client = authority.issueClient([topic, `${topic}.voip`]);
const password = 'pässwörd';

function prepare(context: TestContext) {
  const folder = createFolder(context);
  writeInto(folder, { 'cert.pem': client.cert, 'key.pem': client.key, 'ca.pem': authority.ca });
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const pkcs12 = (...args: string[]) =>
    openssl('pkcs12', '-export', '-in', 'cert.pem', '-inkey', 'key.pem', '-certfile', 'ca.pem', '-out', 'apns.p12', ...args);
  const { tools } = captureTools(folder);
  return { folder, openssl, pkcs12, load: (options: unknown) => create(options, tools) };
}

/** The mistakes that creating the provider reports. */
function mistakesOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof AggregateError);
    return error.errors.map((one) => (one as Error).message);
  }
  return [];
}

const encryptions: Readonly<Record<string, readonly string[]>> = {
  'RC2-40 and 3DES, as Keychain wrote it': ['-legacy', '-certpbe', 'PBE-SHA1-RC2-40', '-keypbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'],
  '3DES': ['-legacy', '-descert', '-macalg', 'sha1'],
  'AES-256': ['-certpbe', 'AES-256-CBC', '-keypbe', 'AES-256-CBC', '-macalg', 'sha256'],
  'no MAC': ['-nomac'],
};

for (const [name, args] of Object.entries(encryptions))
  for (const secret of [password, ''])
    test(`a .p12 with ${name} opens ${secret === '' ? 'without a password' : 'with its password'}`, async (context) => {
      const { pkcs12, load } = prepare(context);
      pkcs12(...args, '-passout', `pass:${secret}`);
      const provider = load({ 'cert-file': 'apns.p12', ...(secret === '' ? {} : { 'cert-password': secret }) });
      const { ready, credentialExpiresAt, sessions } = provider.status();
      assert.deepEqual({ ready, sessions }, { ready: true, sessions: 0 });
      assert.ok(credentialExpiresAt && credentialExpiresAt > new Date());
      await provider.close();
    });

test('a .p12 with a key of an elliptic curve opens', async (context) => {
  const { openssl, load } = prepare(context);
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ec.key');
  openssl('req', '-x509', '-key', 'ec.key', '-subj', `/UID=${topic}/CN=x`, '-days', '9', '-out', 'ec.pem');
  openssl('pkcs12', '-export', '-in', 'ec.pem', '-inkey', 'ec.key', '-passout', 'pass:x', '-out', 'ec.p12');
  const provider = load({ 'cert-file': 'ec.p12', 'cert-password': 'x' });
  assert.equal(provider.status().ready, true);
  await provider.close();
});

test('a PEM file with certificate and key opens, its key encrypted or not', async (context) => {
  const { folder, openssl, load } = prepare(context);
  openssl('pkcs8', '-topk8', '-in', 'key.pem', '-passout', 'pass:x', '-out', 'locked.pem');
  writeInto(folder, { 'one.pem': client.cert + client.key, 'two.pem': client.cert + readFileSync(join(folder, 'locked.pem'), 'utf8') });
  for (const options of [{ 'cert-file': 'one.pem' }, { 'cert-file': 'two.pem', 'cert-password': 'x' }]) {
    const provider = load(options);
    assert.equal(provider.status().ready, true);
    await provider.close();
  }
});

test('a .p8 key loads and has no end', async (context) => {
  const { folder, load } = prepare(context);
  const key = buildSigningKey();
  writeInto(folder, { 'key.p8': key.p8 });
  const provider = load({ 'apns-topic': topic, 'key-file': 'key.p8', 'key-id': key.keyId, 'team-id': key.teamId });
  const { ready, topics, environment, credentialExpiresAt } = provider.status();
  assert.deepEqual([ready, topics, environment, credentialExpiresAt], [true, [topic], 'production', undefined]);
  await provider.close();
});

test('without certificate and key the provider exists but is not ready', async (context) => {
  const { load } = prepare(context);
  const provider = load({ 'apns-topic': topic });
  assert.equal(provider.status().ready, false);
  assert.match(provider.status().reason ?? '', /upload a certificate/);
  await provider.close();
});

test('a wrong password is named as such, and not shown', (context) => {
  const { pkcs12, load } = prepare(context);
  for (const args of Object.values(encryptions)) {
    pkcs12(...args, '-passout', `pass:${password}`);
    const [mistake = ''] = mistakesOf(() => load({ 'cert-file': 'apns.p12', 'cert-password': 'not-this-one' }));
    assert.equal(mistake, 'cert-file: apns.p12 the password does not open it');
  }
});

test('a wrong password of a file without a MAC is named as such, whatever it makes of the file', (context) => {
  const { pkcs12, load } = prepare(context);
  pkcs12('-nomac', '-passout', `pass:${password}`);
  // Of some 256 wrong ones one leaves a padding as it should be.
  const mistakes = Array.from(
    { length: 400 },
    (_, index) => mistakesOf(() => load({ 'cert-file': 'apns.p12', 'cert-password': `not-${index}` }))[0],
  );
  assert.deepEqual([...new Set(mistakes)], ['cert-file: apns.p12 the password does not open it']);
});

test('a .p12 or PEM without private key says how to export it', (context) => {
  const { pkcs12, load } = prepare(context);
  pkcs12('-nokeys', '-passout', 'pass:x');
  for (const options of [{ 'cert-file': 'apns.p12', 'cert-password': 'x' }, { 'cert-file': 'cert.pem' }])
    assert.match(mistakesOf(() => load(options)).join(), /holds no private key; export certificate and private key together/);
});

test('a key that belongs to another certificate is refused', (context) => {
  const { folder, load } = prepare(context);
  writeInto(folder, { 'mixed.pem': client.cert + authority.issueClient([topic]).key });
  assert.match(mistakesOf(() => load({ 'cert-file': 'mixed.pem' })).join(), /does not belong to its certificate/);
});

test('with an expired certificate it starts, not ready, and sends nothing', async (context) => {
  const { folder, load } = prepare(context);
  const { cert, key } = authority.issueClient([topic], new Date('2025-03-04T05:06:07Z'));
  writeInto(folder, { 'old.pem': cert + key });
  const provider = load({ 'cert-file': 'old.pem' });
  const { ready, reason, sessions } = provider.status();
  assert.deepEqual({ ready, reason, sessions }, { ready: false, reason: 'the certificate ended on 2025-03-04', sessions: 0 });
  const push = buildPush({ messageCount: 1 });
  assert.deepEqual(await provider.push(push, never), { kind: 'rejected', reason: 'the certificate ended on 2025-03-04' });
  assert.equal(provider.status().sessions, 0);
  await provider.close();
});

test('a topic that the certificate does not cover is refused', (context) => {
  const { folder, load } = prepare(context);
  writeInto(folder, { 'one.pem': client.cert + client.key });
  const mistakes = mistakesOf(() => load({ 'cert-file': 'one.pem', 'apns-topic': 'org.example.other' }));
  assert.deepEqual(mistakes, [
    'apns-topic: org.example.other is not covered by the certificate, which is for org.example.app, org.example.app.voip',
  ]);
});

test('the end of the earlier of two certificates is what the status shows', async (context) => {
  const { folder, load } = prepare(context);
  const soon = new Date(Math.floor(Date.now() / 1000) * 1000 + 86_400_000);
  const pushKit = authority.issueClient([`${topic}.voip`], soon);
  writeInto(folder, { 'one.pem': client.cert + client.key, 'voip.pem': pushKit.cert + pushKit.key });
  const provider = load({ 'cert-file': 'one.pem', 'pushkit-cert-file': 'voip.pem' });
  assert.deepEqual(provider.status().credentialExpiresAt, soon);
  await provider.close();
});

test('a PushKit certificate has its own password, or that of the other, and must cover the topic of calls', async (context) => {
  const { folder, load } = prepare(context);
  const pushKit = authority.issueClient([`${topic}.voip`]);
  const foreign = authority.issueClient(['org.example.other.voip']);
  writeInto(folder, {
    'main.p12': client.p12('a'),
    'same.p12': pushKit.p12('a'),
    'own.p12': pushKit.p12('b'),
    'foreign.p12': foreign.p12('a'),
  });
  const main = { 'cert-file': 'main.p12', 'cert-password': 'a' };
  await load({ ...main, 'pushkit-cert-file': 'same.p12' }).close();
  await load({ ...main, 'pushkit-cert-file': 'own.p12', 'pushkit-cert-password': 'b' }).close();
  assert.deepEqual(
    mistakesOf(() => load({ ...main, 'pushkit-cert-file': 'own.p12' })),
    ['pushkit-cert-file: own.p12 the password does not open it'],
  );
  assert.deepEqual(
    mistakesOf(() => load({ ...main, 'pushkit-cert-file': 'foreign.p12' })),
    [`pushkit-cert-file: does not cover ${topic}.voip; it is for org.example.other.voip`],
  );
});

test('every mistake in the files is reported at once', (context) => {
  const { folder, load } = prepare(context);
  writeInto(folder, { 'noise.p12': 'no certificate at all' });
  const options = { 'cert-file': 'noise.p12', 'pushkit-cert-file': 'absent.p12', 'ca-file': 'noise.p12' };
  assert.deepEqual(
    mistakesOf(() => load(options)),
    [
      'ca-file: noise.p12 holds no PEM certificate',
      'cert-file: noise.p12 is not a readable .p12 file',
      'pushkit-cert-file: absent.p12 does not exist',
    ],
  );
});

test('every mistake in the options is reported at once, beginning with its key', (context) => {
  const { load } = prepare(context);
  const mistakes = mistakesOf(() => load({ 'apns-topik': 'x', environment: 'staging', endpoint: 'http://x', 'key-id': 'short' }));
  assert.equal(mistakes.length, 4);
  for (const key of ['apns-topik', 'environment', 'endpoint', 'key-id'])
    assert.ok(
      mistakes.some((mistake) => mistake.startsWith(`${key}: `)),
      key,
    );
});

test('what a key needs beside it is asked for', (context) => {
  const { load } = prepare(context);
  const keys = mistakesOf(() => load({ 'key-file': 'key.p8' })).map((mistake) => mistake.split(':')[0]);
  assert.deepEqual(keys, ['key-id', 'team-id', 'apns-topic']);
});

test('a .p8 that is no key of the right curve is refused', (context) => {
  const { folder, openssl, load } = prepare(context);
  openssl('ecparam', '-name', 'secp384r1', '-genkey', '-noout', '-out', 'other.pem');
  writeInto(folder, { 'noise.p8': 'x' });
  for (const file of ['other.pem', 'noise.p8', 'key.pem']) {
    const options = { 'apns-topic': topic, 'key-file': file, 'key-id': 'ABC123DEFG', 'team-id': 'DEF123GHIJ' };
    assert.match(mistakesOf(() => load(options)).join(), /take the \.p8 file from Apple as it is/);
  }
});

test('a .p12 without a MAC whose key is damaged is refused in words', (context) => {
  const { folder, pkcs12, load } = prepare(context);
  pkcs12('-nomac', '-keypbe', 'NONE', '-certpbe', 'NONE', '-passout', 'pass:');
  const file = readFileSync(join(folder, 'apns.p12'));
  const key = createPrivateKey(client.key).export({ type: 'pkcs8', format: 'der' });
  const at = file.indexOf(key);
  assert.ok(at > 0);
  // A SET in the place of the SEQUENCE that an RSA key is (PKCS #8, then PKCS #1).
  const inner = at + key.indexOf(Buffer.from('0482', 'hex'), 7) + 4;
  file[inner] = (file[inner] ?? 0) ^ 1;
  writeInto(folder, { 'damaged.p12': file });
  const mistakes = mistakesOf(() => load({ 'cert-file': 'damaged.p12', 'apns-topic': topic }));
  assert.equal(mistakes.length, 1);
  assert.match(mistakes[0] ?? '', /cert-file: .*is not a readable \.p12 file/);
});
