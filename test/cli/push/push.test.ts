import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { createFolder } from '../../config/folder.ts';
import { anna } from '../../helpers/app.ts';
import { randomToken } from '../../providers/kit.ts';
import { type Ended, reveille } from '../reveille.ts';
import { assertHidden, readTold } from './told.ts';

const component = '[component]\njid = "push.test"\nsecret = "s"\n';
const token32 = randomToken();

/** What a push of our own provider comes to is in its options: JavaScript, evaluated for each push. */
const scripted = `
export default ({ script, isReady = true }, { log, name }) => ({
  async push(push, signal) { return await new Function('push', 'signal', 'log', 'return (async () => {' + script + '})()')(push, signal, log) },
  status: () => isReady ? { ready: true } : { ready: false, reason: 'the moon is full' },
  async close() { log.warn('closed', { provider: name }) },
});`;

function createScripted(script: string, more = ''): string {
  const table = `[providers.mine]\nuse = "./mine.js"\nscript = ${JSON.stringify(script)}\n${more}`;
  return createFolder({ 'mine.js': scripted, 'reveille.toml': `${component}${table}` });
}

function argsOf(folder: string): readonly string[] {
  return ['--config', join(folder, 'reveille.toml'), '--provider', 'mine', '--token', token32];
}

/** Pushes to a scripted provider of which only the outcome matters. */
function pushScripted(script: string, args: readonly string[] = [], more = ''): Promise<Ended> {
  return reveille(['push', ...argsOf(createScripted(script, more)), ...args]);
}

describe('reveille push to a provider of somebody else', { concurrency: 4 }, () => {
  test('that is the one of the built-in log, reaches it by its door like any other', async () => {
    const folder = createFolder({ 'reveille.toml': `${component}[providers.plain]\nuse = "log"\n` });
    const ended = await reveille(['push', '--config', join(folder, 'reveille.toml'), '--provider', 'plain', '--token', token32]);
    assert.deepEqual([ended.exitCode, readTold(ended.out)['outcome']], [0, 'accepted']);
  });

  const outcomes: Readonly<Record<string, readonly [script: string, fields: Readonly<Record<string, unknown>>]>> = {
    accepted: [`return { kind: 'accepted', id: 'it-1' }`, { outcome: 'accepted', id: 'it-1' }],
    gone: [`return { kind: 'gone', since: new Date(0) }`, { outcome: 'gone', since: '1970-01-01T00:00:00.000Z' }],
    rejected: [`return { kind: 'rejected', reason: 'wrong key' }`, { outcome: 'rejected', reason: 'wrong key' }],
    retry: [`return { kind: 'retry', reason: 'busy', afterMs: 1500 }`, { outcome: 'retry', reason: 'busy', afterMs: 1500 }],
    failed: [`throw new Error('a bug')`, { outcome: 'failed', reason: 'a bug' }],
    'failed, for it is no outcome': ['return 42', { outcome: 'failed', reason: 'it returned something that is no outcome' }],
  };
  for (const [name, [script, fields]] of Object.entries(outcomes)) {
    test(`with --json is one object: ${name}`, async () => {
      const { exitCode, out, err } = await pushScripted(script, ['--json', '--account', anna]);
      const { tookMs, ...rest } = JSON.parse(out) as Record<string, unknown>;
      const device = `${token32.slice(0, 6)}…`;
      assert.deepEqual(rest, { provider: 'mine', use: './mine.js', account: anna, device, pushed: 'message', ...fields });
      assert.equal(typeof tookMs, 'number');
      assert.deepEqual([exitCode, out.indexOf('\n')], [name === 'accepted' ? 0 : 1, out.length - 1]);
      assert.ok(err.includes('"event":"closed"'), 'the provider is closed');
    });
  }

  test('that says it is not ready, passes on why', async () => {
    const { out } = await pushScripted(`return { kind: 'rejected', reason: 'no' }`, [], 'isReady = false\n');
    assert.equal(readTold(out)['state'], 'the provider is not ready: the moon is full');
  });

  test('that quotes the token, in a reason, an error or its log, shows no more than its beginning', async () => {
    const ended = await pushScripted(
      `log.warn('token ' + push.token, { t: push.token.toUpperCase() }); throw new Error('no ' + push.token)`,
    );
    assert.equal(readTold(ended.out)['reason'], `no ${token32.slice(0, 6)}…`);
    assert.match(ended.err, /provider-failed/);
    assertHidden(ended, token32);
  });

  test('that quotes the token in the spelling that was given, shows no more than its beginning', async () => {
    const spelling = `<${token32.slice(0, 32)} ${token32.slice(32)}>`;
    const ended = await pushScripted(`log.warn(push.token); throw new Error('no ' + push.token)`, ['--token', spelling]);
    assert.match(ended.err, /provider-failed/);
    assertHidden(ended, spelling);
  });

  test('that tidies the token and quotes it then, shows no more than its beginning', async () => {
    const tidying = scripted.replace(
      'status:',
      `checkToken(text) { return { kind: 'token', token: text.replace(/[<> ]/g, '') } },\n  status:`,
    );
    const script = JSON.stringify(`log.warn(push.token); return { kind: 'rejected', reason: 'no ' + push.token }`);
    const table = `[providers.mine]\nuse = "./mine.js"\nscript = ${script}\n`;
    const folder = createFolder({ 'mine.js': tidying, 'reveille.toml': `${component}${table}` });
    const ended = await reveille(['push', ...argsOf(folder), '--token', `<${token32.slice(0, 32)} ${token32.slice(32)}>`]);
    assert.equal(readTold(ended.out)['reason'], `no ${token32.slice(0, 6)}…`);
    assertHidden(ended, token32);
  });

  test('that throws or says nonsense when it is asked about tokens, gets them as they were given', async () => {
    for (const verdict of [`{ throw new Error('a bug at ' + text) }`, '{ return 42 }', '{ return Promise.reject(new Error(text)) }']) {
      const module = scripted.replace('status:', `checkToken(text) ${verdict},\n  status:`);
      const table = `[providers.mine]\nuse = "./mine.js"\nscript = "return { kind: 'accepted', id: String(push.token.length) }"\n`;
      const folder = createFolder({ 'mine.js': module, 'reveille.toml': `${component}${table}` });
      const ended = await reveille(['push', ...argsOf(folder)]);
      assert.deepEqual([ended.exitCode, readTold(ended.out)['id']], [0, '64'], ended.err);
      assertHidden(ended, token32);
    }
  });

  test('that sends terminal codes and line breaks as a reason, gets them blanked', async () => {
    const { out } = await pushScripted(`return { kind: 'rejected', reason: 'a\\u001b[2J\\nb' }`);
    assert.equal(readTold(out)['reason'], 'a [2J b');
  });

  test('that hangs whatever it is told, is given up', async () => {
    const { exitCode, out, err } = await pushScripted(`setInterval(() => {}, 1000); await new Promise(() => {})`);
    assert.deepEqual([exitCode, readTold(out)['outcome']], [1, 'no answer in time (15 s)']);
    assert.ok(err.includes('"event":"closed"'));
  });

  test('that is told to stop, may still say what kept it', async () => {
    const script = `await new Promise((resolve) => signal.addEventListener('abort', resolve)); return { kind: 'retry', reason: 'the proxy is silent' }`;
    const { out } = await pushScripted(script);
    assert.deepEqual([readTold(out)['outcome'], readTold(out)['reason']], ['no answer in time (15 s)', 'the proxy is silent']);
  });

  test('that can not be created, is told in the words of check', async () => {
    const table =
      '[providers.mine]\nuse = "apns"\nkey-file = "none.p8"\nkey-id = "ABC123DEFG"\nteam-id = "DEF123GHIJ"\napns-topic = "a.b"\n';
    const folder = createFolder({ 'reveille.toml': `${component}${table}` });
    const config = ['--config', join(folder, 'reveille.toml')];
    const checked = await reveille(['check', ...config]);
    assert.match(checked.out, /^providers\.mine/);
    const pushed = await reveille(['push', ...config, '--provider', 'mine', '--token', token32]);
    assert.deepEqual(pushed, { exitCode: 1, out: '', err: checked.out });
  });

  test('is ended by Ctrl-C while it waits', async () => {
    const folder = createScripted(`console.error('pushing'); setInterval(() => {}, 1000); await new Promise(() => {})`);
    const child = spawn(process.execPath, ['src/main.ts', 'push', ...argsOf(folder)], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, , [exitCode, signal]] = await Promise.all([
      text(child.stdout),
      once(child.stderr, 'data').then(() => child.kill('SIGINT')),
      once(child, 'close') as Promise<[number | null, string | null]>,
    ]);
    assert.deepEqual([exitCode, signal, readTold(out)['outcome']], [1, null, 'interrupted']);
  });
});

describe('reveille push refuses', { concurrency: 4 }, () => {
  const provider = ['--provider', 'mine'];
  const token = ['--token', token32];
  /** Command line, and what is wrong with it. */
  const misunderstood: readonly (readonly [args: readonly string[], complaint: string])[] = [
    [[], '--node N is missing, or --provider P and --token T'],
    [provider, '--token T is missing, which --provider is to push to'],
    [token, '--provider P is missing, which --token belongs to'],
    [[...provider, '--token', ''], '--token is empty'],
    [['--node', 'n', ...token], "--node and --token don't go together"],
    [['--node', 'n', '--account', anna], "--node and --account don't go together"],
    [[...provider, ...token, '--silent', '--body', 'x'], "--silent and --body don't go together"],
    [[...provider, ...token, '--call', '--body', 'x'], "--call and --body don't go together"],
    [[...provider, ...token, '--account', 'anna'], '--account anna: expected a bare JID such as anna@example.org'],
    [['--provider', 'mien', ...token], 'unknown provider mien, did you mean mine? Configured: mine (./mine.js)'],
    [['--provider', 'somebody-else', ...token], 'unknown provider somebody-else, configured: mine (./mine.js)'],
    [[...provider, ...token, '--second-tokn', 'x'], 'unknown option --second-tokn, did you mean --second-token?'],
  ];
  for (const [args, complaint] of misunderstood) {
    test(args.length === 0 ? 'a command line without device' : args.join(' ').replace(token32, 'T'), async () => {
      const config = ['--config', join(createScripted(''), 'reveille.toml')];
      const err = `reveille push: ${complaint} (see reveille push --help)\n`;
      assert.deepEqual(await reveille(['push', ...config, ...args]), { exitCode: 2, out: '', err });
    });
  }

  test('nothing that begins with a dash but is a token', async () => {
    const ended = await pushScripted(`return { kind: 'accepted', id: push.token }`, ['--token', '-a-token-of-fcm']);
    assert.deepEqual([ended.exitCode, readTold(ended.out)['id']], [0, '-a-tok…']);
  });

  test('to run without --config', async () => {
    const err = 'reveille push: --config FILE is missing (see reveille push --help)\n';
    assert.deepEqual(await reveille(['push', '--node', 'n']), { exitCode: 2, out: '', err });
  });
});
