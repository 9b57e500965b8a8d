import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createSandboxApns, type SandboxApns } from '../../../src/sandbox/apns/sandbox-apns.ts';
import { buildAuthority, buildSigningKey } from '../../../src/sandbox/authority.ts';
import { createSandboxFcm, type SandboxFcm } from '../../../src/sandbox/fcm/sandbox-fcm.ts';
import { createFolder } from '../../config/folder.ts';
import { reveille } from '../reveille.ts';
import { callInit, listFiles } from './calling.ts';

const topic = 'org.example.app';
const password = 'of-the-certificate';
const authority = buildAuthority();
const key = buildSigningKey();
let apple: SandboxApns;
let google: SandboxFcm;
before(async () => {
  apple = await createSandboxApns({ authority, topics: [topic], keys: [key] });
  google = await createSandboxFcm({ authority });
});
after(() => Promise.all([apple.close(), google.close()]));

/** The new secret of the component isn't tried, so of the network only the push service is asked; the server's port is nobody's. */
const common = ['--jid', 'push.chat.test', '--address', '127.0.0.1:1', '--anyway', '--ca-file', 'ca.pem'];
const keyName = `AuthKey_${key.keyId}.p8`;
const byKey = [...common, '--app', 'apns', '--credentials', keyName, '--team-id', key.teamId];
const expired = new Date('2020-01-01');

const createKeys = () =>
  createFolder({
    'ca.pem': authority.ca,
    [keyName]: key.p8,
    'app.p12': authority.issueClient([topic]).p12(password),
    'old.p12': authority.issueClient([topic], expired).p12(password),
    password,
    wrong: 'not-the-password',
  });

test('a signing key is tried at Apple, and its id read from the name of its file', async () => {
  const folder = createKeys();
  const { exitCode, out } = await callInit(folder, [...byKey, '--topic', topic, '--endpoint', apple.origin]);
  assert.equal(exitCode, 0);
  assert.match(out, /ok: credentials: .*BadDeviceToken: Apple refuses the token and nothing else/);
  const config = readFileSync(join(folder, 'reveille.toml'), 'utf8');
  for (const line of [`key-file = "${keyName}"`, `key-id = "${key.keyId}"`, `apns-topic = "${topic}"`])
    assert.ok(config.split('\n').includes(line), line);
  const checked = await reveille(['check', '--config', join(folder, 'reveille.toml')]);
  assert.equal(checked.exitCode, 0, checked.out);
});

test('a key of another team is refused in the words of doctor', async () => {
  const args = [...byKey, '--topic', topic, '--endpoint', apple.origin].map((word) => (word === key.teamId ? 'AAAAAAAAAA' : word));
  const { out } = await callInit(createKeys(), args);
  assert.match(out, /failed: credentials: 403 InvalidProviderToken: the key is not known .*\n +do: compare key-id and team-id/);
});

const byCertificate = (file: string, passwordFile: string) => [
  ...['--jid', 'push.chat.test', '--offline', '--app', 'apns', '--credentials', file, '--password-file', passwordFile],
  ...['--endpoint', apple.origin, '--ca-file', 'ca.pem'],
];

test('a certificate opens with its password, which stands in a file of its own and in no output', async () => {
  const folder = createKeys();
  const { exitCode, out, err } = await callInit(folder, byCertificate('app.p12', 'password'));
  assert.deepEqual([exitCode, err], [0, '']);
  assert.match(out, /ok: credentials: they can be used until \d{4}-\d\d-\d\d/);
  assert.ok(!out.includes(password));
  assert.equal(readFileSync(join(folder, 'reveille.secrets/cert-password'), 'utf8'), password);
  assert.equal(listFiles(folder)['reveille.secrets/cert-password'], '600');
  const checked = await reveille(['check', '--config', join(folder, 'reveille.toml')]);
  assert.equal(checked.exitCode, 0, checked.out);
});

/** Credentials that can't be used, and what is said of them. */
const unusable: readonly (readonly [what: string, args: () => readonly string[], told: RegExp])[] = [
  ['a wrong password', () => byCertificate('app.p12', 'wrong'), /failed: credentials: cert-file: app\.p12 the password does not open it/],
  ['a certificate that has ended', () => byCertificate('old.p12', 'password'), /failed: credentials: .*2020-01-01/],
  [
    'a certificate for another app',
    () => [...byCertificate('app.p12', 'password'), '--topic', 'org.example.other'],
    /failed: credentials: apns-topic: .*org\.example\.app/,
  ],
  ['what is no credential', () => byCertificate('ca.pem', 'password'), /failed: credentials: cert-file: /],
];

for (const [what, args, told] of unusable) {
  test(`${what} is told, and nothing is written`, async () => {
    const folder = createKeys();
    const files = listFiles(folder);
    const { exitCode, out, err } = await callInit(folder, args());
    assert.equal(exitCode, 1);
    assert.match(out, told);
    assert.doesNotMatch(out + err, /of-the-certificate|not-the-password/);
    assert.deepEqual(listFiles(folder), files);
  });
}

test("a service account is tried at Google's sandbox", async () => {
  const folder = createFolder({ 'ca.pem': authority.ca, 'account.json': JSON.stringify(google.issueServiceAccount()) });
  const args = [...common, '--app', 'fcm', '--credentials', 'account.json', '--endpoint', google.origin];
  const { exitCode, out } = await callInit(folder, args);
  assert.equal(exitCode, 0);
  assert.match(out, /ok: credentials: they can be used\n/);
  assert.doesNotMatch(out.slice(out.indexOf('5 of 5')), /failed/);
});
