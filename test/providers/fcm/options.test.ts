import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import create from '../../../providers/fcm/index.ts';
import { createFcmStage, randomRegistrationToken, type FcmStage } from './stage.ts';
import { buildPush, never } from '../kit.ts';

const rsa = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: pem(),
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const ec = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: pem(),
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

function pem() {
  return { type: 'pkcs8', format: 'pem' } as const;
}

type Mistake = readonly [name: string, file: unknown, options: Readonly<Record<string, unknown>>, expected: RegExp];

const mistakes: readonly Mistake[] = [
  ['no service account', undefined, { 'service-account-file': undefined }, /^service-account-file: /],
  ['a file that is not there', undefined, { 'service-account-file': 'lost.json' }, /^service-account-file: lost\.json does not exist$/],
  [
    'a file that is no JSON',
    'private_key=xyz',
    {},
    /^service-account-file: service-account\.json is not JSON; take the file that Firebase/,
  ],
  ['google-services.json of the app', { project_info: { project_number: '1' } }, {}, /is not the key of a service account; take/],
  ['a service account without an address', { client_email: '' }, {}, /has no usable client_email/],
  ['a project id that would change the path', { project_id: 'a/../b' }, {}, /has no usable project_id/],
  ['a token_uri in the clear', { token_uri: 'http://localhost/token' }, {}, /has no usable token_uri/],
  ['a key that cannot be read', { private_key: 'xyz' }, {}, /has a private_key that cannot be read/],
  ['a key that is not RSA', { private_key: ec.privateKey }, {}, /has a private_key that is not RSA/],
  ['a sender id that is no number', undefined, { 'sender-id': 'my-project' }, /^sender-id: must be the project number/],
  [
    'a sender id of another project',
    { client_email: '42-compute@developer.gserviceaccount.com' },
    { 'sender-id': '43' },
    /^sender-id: 43 is not the project of the service account, which is 42/,
  ],
  ['no connections', undefined, { 'pool-size': 0 }, /^pool-size: /],
  ['an endpoint in the clear', undefined, { endpoint: 'http://localhost' }, /^endpoint: must be a URL beginning with https:/],
  ['a key of APNs', undefined, { 'apns-topic': 'org.example.app' }, /^apns-topic: unknown key; known are service-account-file/],
  [
    'a trust anchor that is none',
    undefined,
    { 'ca-file': 'service-account.json' },
    /^ca-file: service-account\.json holds no PEM certificate$/,
  ],
];

function writeAccount({ folder, account }: FcmStage, file: unknown): void {
  if (file === undefined) return;
  const text =
    typeof file === 'string' ? file : JSON.stringify('project_info' in (file as object) ? file : { ...account, ...(file as object) });
  writeFileSync(join(folder, 'service-account.json'), text);
}

for (const [name, file, options, expected] of mistakes)
  test(`refused in words: ${name}`, async (context) => {
    const stage = await createFcmStage(context);
    writeAccount(stage, file);
    const refused = (error: Error) => {
      assert.match(error.message, expected);
      assert.ok(!error.message.includes(stage.account.private_key.slice(40, 80)));
      return true;
    };
    const given = { 'service-account-file': 'service-account.json', ...options };
    assert.throws(() => create(given, stage.captured.tools), refused);
  });

test('every mistake is told at once', async (context) => {
  const { captured } = await createFcmStage(context);
  assert.throws(
    () => create({ 'service-account-file': 'lost.json', 'ca-file': 'lost.pem' }, captured.tools),
    (error) => error instanceof AggregateError && error.errors.length === 2,
  );
});

test('a sender id that agrees, or that the file says nothing about, is accepted', async (context) => {
  const stage = await createFcmStage(context);
  stage.create({ 'sender-id': '1234567890' });
  writeAccount(stage, { client_email: '42-compute@developer.gserviceaccount.com', private_key: rsa.privateKey });
  stage.create({ 'sender-id': '42' });
});

test('content and require-encryption hold for Google as they do for Apple', async (context) => {
  const { sandbox, create: open } = await createFcmStage(context);
  const notification = { messageCount: 2, sender: 'ben@example.org', body: 'hello' };
  const rows: readonly (readonly [Readonly<Record<string, unknown>>, readonly string[]])[] = [
    [{}, ['account', 'unread-messages', 'sender', 'body']],
    [{ content: 'sender' }, ['account', 'unread-messages', 'sender']],
    [{ content: 'none' }, ['account', 'unread-messages']],
    [{ 'require-encryption': true }, ['account', 'unread-messages']],
  ];
  for (const [options, keys] of rows) {
    await open(options).push(buildPush(notification, { token: randomRegistrationToken() }), never);
    assert.deepEqual(Object.keys(sandbox.pushes.at(-1)!.data), keys);
  }
});
