import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import test from 'node:test';
import { createTestDatabase } from '../helpers/database/postgres.ts';
import { createConnectProxy, password as proxyPassword } from '../providers/http2/connect-proxy.ts';
import { prosodyPackages, startProsody } from '../servers/prosody.ts';
import { serverOrSkip } from '../servers/server-or-skip.ts';
import { createBlackHole } from './black-hole.ts';
import { createScene, runDoctor, type Scene } from './scene.ts';
import { authority, certificatePassword, startServices, topic } from './services.ts';

test(
  'where all is fine every step is ok, nothing is pushed, and no secret is printed',
  { skip: await serverOrSkip(prosodyPackages) },
  async (context) => {
    const host = await startProsody();
    context.after(() => host.stop());
    const database = await createTestDatabase();
    context.after(() => database.close());
    const proxy = await createConnectProxy(context, { demand: { kind: 'basic' } });
    const { parts, secrets, apns, fcm } = await startServices(context, { apns: `proxy = "${proxy.url}"` });
    const scene = createScene(context, {
      ...parts,
      server: `127.0.0.1:${host.componentPort}`,
      jid: host.componentJid,
      secret: host.componentSecret,
      database: `url = "${database.url.replace('@', ':the-database-password@')}"`,
    });
    const examination = await scene.examine();
    const { exitCode, output, summary, steps } = examination;
    assert.deepEqual([exitCode, summary], [0, { ok: steps.length, warning: 0, failed: 0, skipped: 0, interrupted: false }], output);
    assert.deepEqual(
      steps.map(({ number, title }) => `${number} ${title}`),
      [
        'configuration',
        'clock',
        'dialects',
        'HTTP port',
        'database: connection',
        'database: rights',
        'database: migrations',
        'XMPP server: DNS',
        'XMPP server: connection',
        'XMPP server: component',
        'XMPP server: routing',
        'XMPP server: outage',
        'provider apns: proxy',
        'provider apns: TLS',
        'provider apns: certificate',
        'provider apns: clock',
        'provider apns: credentials',
        'provider fcm: DNS',
        'provider fcm: connection',
        'provider fcm: TLS',
        'provider fcm: clock',
        'provider fcm: access token',
        'provider fcm: DNS',
        'provider fcm: connection',
        'provider fcm: TLS',
        'provider fcm: credentials',
        'provider fcm: sender-id',
      ].map((title, index) => `${index + 1} ${title}`),
    );
    assert.equal(
      examination.step('dialects').found,
      ['p2', 'mod_push_appserver', 'fluux', 'openfire']
        .map((name) => `${name}: ${name === 'fluux' ? '' : 'fcm by fcm, '}apns by apns`)
        .join('; '),
    );
    assert.deepEqual([apns.pushes.length, fcm.pushes.length], [0, 0]);
    const { out, err } = await runDoctor(['--config', scene.file]);
    assert.match(out, /\nAll is well: 27 ok, 0 to look at, 0 failed, 0 skipped\.\n$/);
    for (const secret of [...secrets, host.componentSecret, 'the-database-password', proxyPassword, encodeURIComponent(proxyPassword)])
      assert.ok(!`${output}${out}${err}`.includes(secret), `${secret} is printed`);
  },
);

test('mistakes of the configuration are those of check; what can be tried without them is tried', async (context) => {
  const { parts } = await startServices(context);
  const scene = createScene(context, {
    ...parts,
    providers: `${parts.providers}\n[limits]\ndevices-per-ovner = 5\n[providers.old]\nuse = "fcm"\nserver-key = "AAAA"\n`,
  });
  const examination = await scene.examine();
  const { verdict, found } = examination.step('configuration');
  assert.deepEqual([examination.exitCode, verdict], [1, 'failed']);
  assert.match(found, /limits\.devices-per-ovner: unknown key, did you mean "devices-per-owner"\?/);
  for (const title of ['dialects', 'HTTP port', 'database', 'XMPP server']) assert.equal(examination.step(title).verdict, 'skipped');
  assert.equal(examination.step('provider apns: credentials').verdict, 'ok');
});

test('a certificate for another topic is a mistake of the configuration, named with both topics', async (context) => {
  const { parts } = await startServices(context, { apns: 'apns-topic = "org.example.other"' });
  const examination = await createScene(context, parts).examine();
  assert.equal(
    examination.step('configuration').found,
    'providers.apns.apns-topic: org.example.other is not covered by the certificate, which is for org.example.app',
  );
  assert.deepEqual([examination.exitCode, examination.step('provider apns').verdict], [1, 'skipped']);
});

test('an expired certificate fails twice: as check says it, and as its provider does', async (context) => {
  const { parts } = await startServices(context, {
    p12: authority.issueClient([topic], new Date('2026-03-04T00:00:00Z')).p12(certificatePassword),
  });
  const examination = await createScene(context, parts).examine();
  assert.match(examination.step('configuration').found, /providers\.apns: the certificate ended on 2026-03-04/);
  assert.equal(examination.step('provider apns: certificate').found, 'it expired on 2026-03-04');
});

test('a provider that can not diagnose itself is tried with a push to an impossible token; one that fails costs the others nothing', async (context) => {
  const outcomes = {
    dead: "{ kind: 'gone' }",
    refused: "{ kind: 'rejected', reason: 'no such project' }",
    away: "{ kind: 'retry', reason: 'no connection' }",
  };
  const source = (body: string) => `export default () => ({ ${body}, status: () => ({ ready: true }), async close() {} });\n`;
  const files = {
    ...Object.fromEntries(Object.entries(outcomes).map(([name, outcome]) => [`${name}.mjs`, source(`push: async () => (${outcome})`)])),
    'ending.mjs':
      "export default () => ({ push: async () => ({ kind: 'gone' }), status: () => ({ ready: true, credentialExpiresAt: new Date(Date.now() + 864e6) }), async close() {} })",
    'throwing.mjs': source("diagnose() { throw new Error('oh, the-component-secret!') }, push: async () => ({ kind: 'gone' })"),
  };
  const names = Object.keys(files).map((file) => file.replace('.mjs', ''));
  const providers = names.map((name) => `[providers.${name}]\nuse = "./${name}.mjs"\n`).join('');
  const examination = await createScene(context, { providers, files }).examine();
  assert.deepEqual(
    ['dead', 'refused', 'away'].map((name) => examination.step(`provider ${name}: push`).verdict),
    ['ok', 'warning', 'failed'],
  );
  assert.equal(examination.step('provider ending: expiry').verdict, 'warning');
  assert.equal(examination.step('provider throwing: diagnosis').found, 'the provider failed: oh, [secret]!');
});

test('Ctrl-C ends the examination; what is known by then stands there', async (context) => {
  const hole = await createBlackHole(context);
  const ended = await interruptAt(createScene(context, { server: `127.0.0.1:${hole}` }), 'XMPP server: DNS: ok');
  assert.equal(ended.exitCode, 1);
  assert.match(ended.out, /database: data folder: ok/);
  assert.match(ended.out, /\nInterrupted: \d+ ok, 0 to look at, 0 failed, /);
  assert.ok(!ended.out.includes('provider plain'), ended.out);
});

test('a file that is not there and an unknown option are one line and exit code 2', async () => {
  for (const args of [['--config', '/nowhere/reveille.toml'], ['--config', 'x', '--jsn'], []]) {
    const { exitCode, out, err } = await runDoctor(args);
    assert.deepEqual([exitCode, out, err.trim().split('\n').length], [2, '', 1]);
  }
});

async function interruptAt(scene: Scene, line: string): Promise<{ readonly exitCode: number | null; readonly out: string }> {
  const main = join(import.meta.dirname, '../../src/main.ts');
  const child = spawn(process.execPath, [main, 'doctor', '--config', scene.file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close') as Promise<[number | null]>;
  let seen = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const hadSeen = seen.includes(line);
    seen += chunk.toString();
    if (!hadSeen && seen.includes(line)) child.kill('SIGINT');
  });
  const [out, [exitCode]] = await Promise.all([text(child.stdout), ended]);
  return { exitCode, out };
}
