import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildAuthority } from '../../../src/sandbox/authority.ts';
import { createSandboxFcm } from '../../../src/sandbox/fcm/sandbox-fcm.ts';
import { createTestFolder } from '../../helpers/database/postgres.ts';
import { type Ended, reveille } from '../reveille.ts';

const slow = { timeout: 60_000 };
const topic = 'org.example.app';
const password = 'the password of the p12';
const secret = 'ARandomComponentKey';

let folder: string;
before(async () => {
  folder = await createTestFolder();
  const authority = buildAuthority();
  const identity = authority.issueClient([topic]);
  const google = await createSandboxFcm({ authority });
  place('apns.p12', identity.p12(password));
  place('apns.crt', identity.cert);
  place('apns.key', identity.key);
  place('account.json', JSON.stringify(google.issueServiceAccount()));
  await google.close();
});
after(() => rm(folder, { recursive: true, force: true }));

function place(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

const fpush = {
  component: { componentHostname: 'push.example.org', componentKey: secret, serverHostname: 'localhost', serverPort: 5347 },
  pushModules: {
    monalProdiOS: {
      type: 'apple',
      is_default_module: true,
      apns: {
        certFilePath: 'apns.p12',
        certPassword: password,
        topic,
        environment: 'sandbox',
        additionalData: { by: 'example', list: [1] },
        poolIdleTimeout: 600,
      },
      ratelimit: { enabled: true, ratelimitTime: '1m 30s' },
    },
    someAndroidApp: { type: 'google', fcm: { fcmSecretPath: 'account.json' } },
    demo: { type: 'demo', is_default_module: false },
    broken: { type: 'acrobits' },
  },
  timeout: { xmppconnectionError: '20s' },
};

const p2 = {
  host: '127.0.0.1',
  port: 5348,
  jid: 'p2.example.org',
  sharedSecret: secret,
  dbUrl: 'jdbc:mariadb://localhost:3306/p2',
  dbUsername: 'p2',
  dbPassword: 'of the database',
  fcm: { serviceAccountFile: 'account.json', collapse: true },
  apns: { certificate: 'apns.crt', privateKey: 'apns.key', bundleId: topic, sandbox: true },
};

const tdsl = `admins = [ 'admin@example.org' ]
'config-type' = 'component'
'default-virtual-host' = 'push-ios.example.org'
dataSource () {
    default () {
        uri = 'jdbc:mysql://localhost:3306/push?user=push&password=of the database'
    }
}
'push-ios' (class: tigase.push.PushNotificationsComponent) {
    'snikket:apns:1' (class: tigase.push.apns.APNsBinaryApiProvider) {
        'cert-file' = 'apns.p12'
        'cert-password' = '${password}'
        fallbackToSandbox = true
        'apns-topic' = '${topic}'
    }
    'fcm-http-v1' (class: tigase.push.fcm.FcmHttpV1Provider) {
        'service-account-file' = 'account.json'
    }
    off (class: tigase.push.apns.APNsBinaryApiProvider, active: false) {}
}
ext () {
}
`;

const prosody = `plugin_paths = { "/usr/local/lib/mod_push_appserver" }
VirtualHost "example.org"
Component "push.example.org" "push_appserver_apns"
	push_appserver_debugging = false
	push_appserver_apns_sandbox = false
	push_appserver_apns_cert = "apns.crt"
	push_appserver_apns_key = "apns.key"
VirtualHost "other.example"
`;

async function write(from: string, source: string, name: string, ...more: string[]): Promise<{ ended: Ended; text: string; path: string }> {
  const path = join(folder, name);
  const ended = await reveille(['import', '--from', from, source, '--write-config', path, ...more]);
  return { ended, path, text: existsSync(path) ? readFileSync(path, 'utf8') : '' };
}

/** All secrets are in files of their owner, and nothing of them in the configuration or on the screen. */
function checkHidden({ ended, text, path }: Awaited<ReturnType<typeof write>>): void {
  for (const hidden of [secret, password, 'of the database', 'PRIVATE KEY'])
    assert.ok(!`${ended.out}${ended.err}${text}`.includes(hidden), hidden);
  assert.equal(statSync(path).mode & 0o777, 0o600);
}

async function check(config: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { out } = await reveille(['check', '--config', config], env);
  return out.replaceAll(`${folder}/`, '');
}

describe('a configuration made by an import', () => {
  test('from fpush: a provider for each module, with its secrets in files, and check is content', slow, async () => {
    const made = await write('fpush', place('settings.json', JSON.stringify(fpush)), 'fpush.toml');
    assert.deepEqual([made.ended.exitCode, made.ended.err], [0, '']);
    checkHidden(made);
    assert.equal(await check(made.path), 'fpush.toml: no mistakes; providers: monalProdiOS (apns), someAndroidApp (fcm), demo (log)\n');
    assert.match(
      made.text,
      /^jid = "push\.example\.org"\nserver = "localhost:5347"\nsecret = \{ file = "fpush\.secrets\/component-secret" \}$/m,
    );
    assert.match(made.text, /^environment = "sandbox"\nextra = \{ by = "example" \}$/m);
    assert.match(
      made.text,
      /^fpush = \{ modules = \{ monalProdiOS = "monalProdiOS", .* \}, default = "monalProdiOS", ratelimit = "90000ms" \}$/m,
    );
    for (const remark of [
      'broken: its type is none of',
      'additionalData.list: is not',
      'ratelimit: differs',
      'timeout: how long',
      'poolIdleTimeout: has its own',
    ])
      assert.ok(made.ended.out.includes(remark) && made.text.includes(remark), remark);
    assert.equal(readFileSync(join(folder, 'fpush.secrets/component-secret'), 'utf8'), secret);
    assert.equal(statSync(join(folder, 'fpush.secrets/component-secret')).mode & 0o777, 0o600);
    assert.match(made.ended.out, /fpush keeps no registrations: there is nothing more to take\.\n$/);
  });

  test('from p2: certificate and key in one file, and check is content', slow, async () => {
    const made = await write('p2', place('config.json', `\ufeff${JSON.stringify(p2)}`), 'p2.toml');
    assert.equal(made.ended.exitCode, 0);
    checkHidden(made);
    assert.equal(await check(made.path), 'p2.toml: no mistakes; providers: fcm (fcm), apns (apns)\n');
    assert.match(made.text, /^p2 = \{ fcm = "fcm", apns = "apns" \}$/m);
    assert.match(readFileSync(join(folder, 'p2.secrets/apns.pem'), 'utf8'), /BEGIN CERTIFICATE-----[^]*BEGIN PRIVATE KEY-----/);
  });

  test('from Tigase Push: its provider ids, and check is content once the secret is in the environment', slow, async () => {
    const made = await write('tigase', place('config.tdsl', tdsl), 'tigase.toml');
    assert.equal(made.ended.exitCode, 0);
    checkHidden(made);
    assert.equal(
      await check(made.path, { REVEILLE_SECRET: secret }),
      'tigase.toml: no mistakes; providers: snikket:apns:1 (apns), fcm-http-v1 (fcm)\n',
    );
    assert.match(made.text, /^jid = "push-ios\.example\.org"$/m);
    assert.match(made.text, /^admins = \["admin@example\.org"\]$/m);
    assert.match(made.text, /^# - off: is switched off \(active: false\)$/m);
  });

  test('from mod_push_appserver: what Prosody’s configuration says of its component', slow, async () => {
    const made = await write('mod_push_appserver', place('prosody.cfg.lua', prosody), 'prosody.toml');
    assert.equal(made.ended.exitCode, 0);
    checkHidden(made);
    assert.equal(await check(made.path, { REVEILLE_SECRET: secret }), 'prosody.toml: no mistakes; providers: apns (apns)\n');
    assert.match(made.text, /^environment = "production"$/m);
    assert.match(made.text, /^mod_push_appserver = \{ apns = "apns", http = true \}$/m);
  });

  test('is never written over another, and then nothing is made', slow, async () => {
    const path = place('there.toml', 'mine');
    const { ended } = await write('p2', place('config.json', JSON.stringify(p2)), 'there.toml');
    assert.equal(ended.exitCode, 1);
    assert.match(ended.err, /there\.toml: is there already, and is not overwritten/);
    assert.deepEqual([readFileSync(path, 'utf8'), existsSync(join(folder, 'there.secrets'))], ['mine', false]);
  });

  test('is only told of in a dry run', slow, async () => {
    const { ended, path } = await write('p2', place('config.json', JSON.stringify(p2)), 'dry.toml', '--dry-run');
    assert.match(ended.out, /dry\.toml would be written\.\n {2}not taken: dbUrl/);
    assert.deepEqual([ended.exitCode, existsSync(path), existsSync(join(folder, 'dry.secrets'))], [0, false, false]);
  });

  test('goes to standard output without secrets, for which variables are named', slow, async () => {
    const source = place('settings.json', JSON.stringify(fpush));
    const { exitCode, out } = await reveille(['import', '--from', 'fpush', source, '--write-config', '-']);
    assert.equal(exitCode, 0);
    assert.ok(!out.includes(secret) && !out.includes(password));
    const toml = place('shown.toml', out.replace(/fpush keeps no registrations.*\n/, ''));
    const env = { REVEILLE_SECRET: secret, REVEILLE_MONALPRODIOS_PASSWORD: password };
    assert.match(await check(toml, env), /^shown\.toml: no mistakes;/);
  });

  test('needs credentials that can be read', slow, async () => {
    const source = place('config.json', JSON.stringify({ ...p2, apns: { ...p2.apns, privateKey: 'nowhere.key' } }));
    const { ended, path } = await write('p2', source, 'nokey.toml');
    assert.equal(ended.exitCode, 1);
    assert.match(ended.err, /nowhere\.key: can't be read, and the configuration needs it: ENOENT/);
    assert.ok(!existsSync(path));
  });

  for (const [what, from, name, content, message] of [
    ['JSON that was cut', 'fpush', 'a.json', '{\n "component": {', /a\.json:2:\d+: not JSON/],
    ['JSON in Latin-1', 'p2', 'b.json', Buffer.from('{"jid": "p\u00e4"}', 'latin1'), /b\.json: the file is not UTF-8/],
    [
      'the JSON of another',
      'fpush',
      'c.json',
      JSON.stringify(p2),
      /c\.json: component or pushModules is missing: this is not fpush's settings\.json/,
    ],
    ['the JSON of the other', 'p2', 'd.json', JSON.stringify(fpush), /d\.json: jid is missing: this is not p2's config\.json/],
    ['a number for a text', 'p2', 'e.json', JSON.stringify({ ...p2, sharedSecret: 12345 }), /e\.json: sharedSecret is not a string/],
    [
      'TDSL that was cut',
      'tigase',
      'f.tdsl',
      tdsl.slice(0, tdsl.indexOf("'apns-topic'")),
      /f\.tdsl:\d+: the file ends too early: a bracket is missing/,
    ],
    ['TDSL without the component', 'tigase', 'g.tdsl', 'ext () {\n}\n', /g\.tdsl: there is no bean of class tigase\.push/],
    ['Prosody without the component', 'mod_push_appserver', 'h.cfg.lua', 'VirtualHost "x"\n', /h\.cfg\.lua: there is no Component/],
    ['a file of nobody', 'fpush', 'i.txt', 'x', /i\.txt: is nothing of fpush: expected settings\.json/],
  ] as const)
    test(`is not made of ${what}`, slow, async () => {
      const { ended, path } = await write(from, place(name, content), `${name}.toml`);
      assert.equal(ended.exitCode, 1);
      assert.match(ended.err, message);
      assert.ok(!existsSync(path) && !`${ended.err}${ended.out}`.includes(secret) && !`${ended.err}${ended.out}`.includes('12345'));
    });
});

describe('reveille import', () => {
  for (const [what, args, message] of [
    ['without --from', ['x.sql', '--config', 'x'], /--from is missing, expected fpush, p2, mod_push_appserver, tigase/],
    ['from nobody known', ['--from', 'p3', 'x.sql', '--config', 'x'], /unknown app server p3, did you mean p2\?/],
    ['without a source', ['--from', 'p2', '--config', 'x'], /SOURCE is missing/],
    ['without a configuration', ['--from', 'p2', 'x.sql'], /--config FILE is missing, or --write-config FILE to make one/],
    ['with an unknown option', ['--from', 'p2', 'x.sql', '--dryrun'], /unknown option --dryrun, did you mean --dry-run\?/],
  ] as const)
    test(`${what} is a usage error in one line`, slow, async () => {
      const { exitCode, out, err } = await reveille(['import', ...args]);
      assert.deepEqual([exitCode, out, err.split('\n').length], [2, '', 2]);
      assert.match(err, message);
    });

  test('says what is missing of a source that is not there', slow, async () => {
    const { exitCode, err } = await reveille(['import', '--from', 'p2', '/nowhere/p2.sql', '--write-config', '-']);
    assert.equal(exitCode, 1);
    assert.match(err, /\/nowhere\/p2\.sql: there is no such file or folder/);
  });

  test('finds a configuration and a dump in a folder', slow, async () => {
    const p2Folder = join(folder, 'p2');
    mkdirSync(p2Folder);
    writeFileSync(join(p2Folder, 'config.json'), JSON.stringify({ jid: 'p2.example.org' }));
    writeFileSync(join(p2Folder, 'p2.sql'), '');
    const { exitCode, out } = await reveille(['import', '--from', 'p2', p2Folder, '--write-config', '-']);
    assert.equal(exitCode, 0);
    assert.match(out, /^jid = "p2\.example\.org"$/m);
    assert.match(out, /Registrations are taken in a second run, with --config/);
  });
});
