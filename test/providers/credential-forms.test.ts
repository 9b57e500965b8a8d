import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import createApns from '../../providers/apns/index.ts';
import createFcm from '../../providers/fcm/index.ts';
import { openUpload } from '../../providers/apns/credentials/open-upload.ts';
import { parseCertificateText } from '../../src/handlers/administration/certificate-text.ts';
import { buildAuthority, buildSigningKey } from '../../src/sandbox/authority.ts';
import { createServiceAccounts } from '../../src/sandbox/fcm/token/service-accounts.ts';
import { captureTools, createFolder, writeInto } from './kit.ts';

const topic = 'org.example.app';
const authority = buildAuthority();
const client = authority.issueClient([topic, `${topic}.voip`]);
const signing = buildSigningKey();
const account = JSON.stringify(createServiceAccounts('example', 'https://localhost/token').issue(), undefined, 2);
const mark = '\ufeff';

/** What other tools do to a text on the way. */
const forms: Readonly<Record<string, (text: string) => string | Buffer>> = {
  'as it is': (text) => text,
  'with CRLF': (text) => text.replaceAll('\n', '\r\n'),
  'with a byte order mark': (text) => mark + text,
  'in UTF-16': (text) => Buffer.from(mark + text, 'utf16le'),
  'in UTF-16, big endian': (text) => Buffer.from(mark + text, 'utf16le').swap16(),
  indented: (text) => text.replace(/^/gm, '    '),
  'in base64': (text) => Buffer.from(text).toString('base64'),
  'in base64 of 76 columns': (text) => Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n'),
};
const pemForms: typeof forms = {
  ...forms,
  'with escaped line feeds': (text) => text.replaceAll('\n', '\\n'),
  'with blanks for line feeds': (text) => text.replaceAll('\n', ' '),
  'in quotation marks': (text) => `"${text.replaceAll('\n', '\\n')}"`,
};

/** Whether it is there with these options; else what is said. */
function tryApns(context: TestContext, options: object, files: Readonly<Record<string, string | Buffer>> = {}): string {
  return attempt(context, files, (tools) => createApns({ 'apns-topic': topic, ...options }, tools));
}

type Tools = ReturnType<typeof captureTools>['tools'];

function attempt(
  context: TestContext,
  files: Readonly<Record<string, string | Buffer>>,
  create: (tools: Tools) => ReturnType<typeof createApns>,
): string {
  const folder = createFolder(context);
  writeInto(folder, files);
  try {
    const provider = create(captureTools(folder).tools);
    context.after(() => provider.close());
    return provider.status().ready ? 'ready' : (provider.status().reason ?? '');
  } catch (error) {
    return (error as Error).message.replaceAll(folder, '');
  }
}

const ids = { 'key-id': signing.keyId, 'team-id': signing.teamId };

describe('a credential is read as other tools leave it, in a file and in place of its path:', () => {
  for (const [form, write] of Object.entries(pemForms)) {
    test(`a signing key ${form}`, (context) => {
      const written = write(signing.p8);
      assert.equal(tryApns(context, { 'key-file': 'key.p8', ...ids }, { 'key.p8': written }), 'ready');
      if (typeof written === 'string') assert.equal(tryApns(context, { 'key-file': written, ...ids }), 'ready');
    });

    test(`a certificate with its key ${form}, and trust anchors`, (context) => {
      const written = write(`${client.cert}\n${client.key}`);
      const anchors = write(authority.ca);
      const files = { 'cert.pem': written, 'ca.pem': anchors };
      assert.equal(tryApns(context, { 'cert-file': 'cert.pem', 'pushkit-cert-file': 'cert.pem', 'ca-file': 'ca.pem' }, files), 'ready');
      if (typeof written !== 'string' || typeof anchors !== 'string') return;
      assert.equal(tryApns(context, { 'cert-file': written, 'pushkit-cert-file': written, 'ca-file': anchors }), 'ready');
    });
  }

  for (const [form, write] of Object.entries(forms)) {
    test(`a service account ${form}`, (context) => {
      const written = write(account);
      const load = (value: string, files = {}) => attempt(context, files, (tools) => createFcm({ 'service-account-file': value }, tools));
      assert.equal(load('account.json', { 'account.json': written }), 'ready');
      if (typeof written === 'string') assert.equal(load(written), 'ready');
    });
  }

  test('trust anchors in DER', (context) => {
    const der = new X509Certificate(authority.ca).raw;
    const options = { 'key-file': signing.p8, ...ids, 'ca-file': 'ca.cer' };
    assert.equal(tryApns(context, options, { 'ca.cer': der }), 'ready');
    assert.equal(tryApns(context, options, { 'ca.cer': der.subarray(0, 300) }), 'ca-file: ca.cer holds no PEM certificate');
  });

  test('a .p12 in base64', (context) => {
    const p12 = client.p12('secret').toString('base64');
    assert.equal(tryApns(context, { 'cert-file': 'apns.p12', 'cert-password': 'secret' }, { 'apns.p12': p12 }), 'ready');
    assert.equal(tryApns(context, { 'cert-file': p12, 'cert-password': 'secret' }), 'ready');
  });

  test('the key of a service account whose line feeds were escaped twice', (context) => {
    const twice = account.replaceAll('\\n', '\\\\n');
    assert.equal(
      attempt(context, {}, (tools) => createFcm({ 'service-account-file': twice }, tools)),
      'ready',
    );
  });
});

describe('an encrypted private key', () => {
  const encrypt = (context: TestContext, ...options: string[]): string => {
    const folder = createFolder(context);
    writeInto(folder, { 'key.pem': client.key });
    return execFileSync('openssl', [...options, '-in', join(folder, 'key.pem')], { encoding: 'utf8' });
  };
  const kinds: Readonly<Record<string, readonly string[]>> = {
    'in PKCS#8': ['pkcs8', '-topk8', '-passout', 'pass:sesame'],
    'the old way, with 3DES': ['rsa', '-traditional', '-des3', '-passout', 'pass:sesame'],
    'the old way, with AES': ['rsa', '-traditional', '-aes256', '-passout', 'pass:sesame'],
  };
  for (const [kind, options] of Object.entries(kinds)) {
    test(`${kind} opens with its password, by file and by upload, and asks for one where there is none`, (context) => {
      const pem = `${client.cert}\n${encrypt(context, ...options)}`;
      const files = { 'cert.pem': pem };
      assert.equal(tryApns(context, { 'cert-file': 'cert.pem', 'cert-password': 'sesame' }, files), 'ready');
      assert.equal(
        tryApns(context, { 'cert-file': 'cert.pem', 'cert-password': 'wrong' }, files),
        'cert-file: cert.pem the password does not open it',
      );
      assert.equal(
        tryApns(context, { 'cert-file': 'cert.pem' }, files),
        'cert-file: cert.pem is protected by a password; set cert-password',
      );
      const upload = (password: string | undefined) => openUpload({ certificate: Buffer.from(pem), password }, new Date());
      assert.deepEqual(upload('sesame').topics, [topic, `${topic}.voip`]);
      // As pasted into a field of one line, or copied out of a configuration of another tool.
      for (const pasted of [pem.replaceAll('\n', ' '), pem.replaceAll('\n', '\\n'), pem.replace(/^/gm, '  ')])
        assert.deepEqual(openUpload({ certificate: parseCertificateText(pasted), password: 'sesame' }, new Date()).topics, [
          topic,
          `${topic}.voip`,
        ]);
      assert.throws(() => upload('wrong'), /^Error: the password does not open it$/);
      assert.throws(() => upload(undefined), /^Error: it is protected by a password, and none was given$/);
    });
  }

  test('of a signing key can not be opened, and is named as one', (context) => {
    const pem = createPrivateKey(signing.p8)
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'sesame' })
      .toString();
    const told = tryApns(context, { 'key-file': 'key.p8', ...ids }, { 'key.p8': pem });
    assert.equal(
      told,
      'key-file: key.p8 holds an encrypted key, which there is no password for here; take the .p8 file from Apple as it is',
    );
  });
});

describe('what can not work is refused before anything is sent:', () => {
  const told = (context: TestContext, options: object) => tryApns(context, { 'key-file': signing.p8, ...ids, ...options });

  test('a certificate where the signing key belongs', (context) => {
    assert.match(told(context, { 'key-file': client.cert }), /^key-file: what stands here holds a certificate \(that is for cert-file\)/);
  });

  test('a topic that ends in .voip', (context) => {
    assert.match(told(context, { 'apns-topic': `${topic}.voip` }), /^apns-topic: must be the bundle id alone/);
  });

  test("Apple's gateways of the retired binary protocol", (context) => {
    for (const host of ['gateway.push.apple.com:2195', 'gateway.sandbox.push.apple.com:2195', 'feedback.push.apple.com:2196'])
      assert.match(told(context, { endpoint: `https://${host}` }), /^endpoint: is Apple's retired binary protocol/);
  });

  test('an endpoint with a path, a query or a user', (context) => {
    for (const end of ['/3/device', '/?x=1', '/#x'])
      assert.match(told(context, { endpoint: `https://api.push.apple.com${end}` }), /^endpoint: must end/);
    assert.match(
      told(context, { 'sandbox-endpoint': 'https://user:word@localhost' }),
      /^sandbox-endpoint: must have no user and password$/,
    );
    assert.equal(told(context, { endpoint: 'https://api.push.apple.com/' }), 'ready');
  });

  test('a proxy whose password has a stray %, wherever it came from', (context) => {
    assert.match(told(context, { proxy: 'http://user:100%@proxy:3128' }), /^proxy: has a % in user or password/);
    assert.match(told(context, { proxy: ['http://proxy:3128', 'http://user:100%zz@proxy:3128'] }), /^proxy/);
    const before = process.env['HTTPS_PROXY'];
    context.after(() => (before === undefined ? delete process.env['HTTPS_PROXY'] : (process.env['HTTPS_PROXY'] = before)));
    process.env['HTTPS_PROXY'] = 'http://user:100%@proxy:3128';
    assert.match(told(context, {}), /environment variable HTTPS_PROXY has a % in user or password that must be written as %25$/);
  });
});
