import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createSandboxApns, type SandboxApns } from '../../../src/sandbox/apns/sandbox-apns.ts';
import { buildAuthority, buildSigningKey } from '../../../src/sandbox/authority.ts';
import { buildTable, writeFolder } from '../../../src/sandbox/folder.ts';
import { createFolder } from '../../config/folder.ts';
import { apns } from '../../helpers/app.ts';
import { randomToken } from '../../providers/kit.ts';
import { type Ended, reveille } from '../reveille.ts';
import { assertHidden, readTold } from './told.ts';

const topic = 'org.example.app';
const component = '[component]\njid = "push.test"\nsecret = "s"\nadmins = ["admin@example.net"]\n';

describe('reveille push to the sandbox APNs', { concurrency: 4 }, () => {
  let sandbox: SandboxApns;
  const folder = createFolder({});
  const file = join(folder, 'reveille.toml');

  before(async () => {
    const authority = buildAuthority();
    const key = buildSigningKey();
    sandbox = await createSandboxApns({ authority, topics: [topic], keys: [key] });
    const files = writeFolder(join(folder, 'sandbox'), authority, key, [topic]);
    writeFileSync(file, `${component}${buildTable(topic, sandbox.origin, files, key)}`);
  });
  after(() => sandbox.close());

  const push = (...args: string[]): Promise<Ended> => reveille(['push', '--config', file, '--provider', apns, ...args]);
  const arrived = (token: string) => sandbox.waitFor((one) => one.token === token, 30_000);

  test('an accepted one is told with its id, and is a message as a server would cause it', async () => {
    const token = randomToken();
    const ended = await push('--token', token);
    assert.deepEqual([ended.exitCode, ended.err], [0, '']);
    const { id, took, meaning, ...facts } = readTold(ended.out);
    assert.deepEqual(facts, {
      provider: `${apns} (apns)`,
      account: 'admin@example.net',
      device: `${token.slice(0, 6)}…`,
      pushed: 'a message',
      outcome: 'accepted',
    });
    assert.match(id ?? '', /^[0-9a-f-]{36}$/i);
    assert.match(took ?? '', /^\d+ ms$/);
    assert.match(meaning ?? '', /^The push service took it\. If the device shows nothing/);
    const { payload } = await arrived(token);
    const { aps, ...rest } = payload as Record<string, unknown>;
    assert.ok(aps);
    assert.deepEqual(rest, { account: 'admin@example.net', 'unread-messages': 1, sender: 'push.test', body: 'Test push from Reveille' });
    assertHidden(ended, token);
  });

  test('text, sender and account can be chosen', async () => {
    const token = randomToken();
    await push('--token', token, '--body', 'Good morning', '--sender', 'ben@example.net', '--account', 'Anna@example.net');
    const { account, sender, body } = (await arrived(token)).payload as Record<string, unknown>;
    assert.deepEqual({ account, sender, body }, { account: 'anna@example.net', sender: 'ben@example.net', body: 'Good morning' });
  });

  test('a silent one is a background push without sender and text', async () => {
    const token = randomToken();
    const { out } = await push('--token', token, '--silent');
    assert.match(readTold(out)['pushed']!, /^a silent update/);
    const { pushType, payload } = await arrived(token);
    assert.equal(pushType, 'background');
    assert.deepEqual(Object.keys(payload as object).sort(), ['account', 'aps']);
  });

  test('a call goes to the second token', async () => {
    const [token, second] = [randomToken(), randomToken()];
    const ended = await push('--token', token, '--second-token', second, '--call');
    assert.equal(ended.exitCode, 0, ended.err);
    assert.equal((await arrived(second)).pushType, 'voip');
    assertHidden(ended, token, second);
  });

  test('tokens as old iOS describes them are tidied, and no spelling of them is shown', async () => {
    const [token, second] = [randomToken(), randomToken()];
    const grouped = (text: string) => `<${text.replace(/.{8}(?=.)/g, '$& ')}>`;
    const ended = await push('--token', ` ${grouped(token)}\n`, '--second-token', grouped(second), '--call');
    assert.deepEqual([ended.exitCode, ended.err, readTold(ended.out)['device']], [0, '', `${token.slice(0, 6)}…`]);
    assert.equal((await arrived(second)).pushType, 'voip');
    assertHidden(ended, token, second, grouped(token), grouped(second));
    await push('--token', grouped(token).toUpperCase());
    assert.equal((await sandbox.waitFor((one) => one.token.toLowerCase() === token, 30_000)).pushType, 'alert');
  });

  test('a dead token is told with its date and what to do', async () => {
    const token = randomToken();
    sandbox.expire(token, new Date('2026-01-02T03:04:05Z'));
    const ended = await push('--token', token.toUpperCase());
    const { outcome, meaning } = readTold(ended.out);
    assert.deepEqual([ended.exitCode, ended.err, outcome], [1, '', 'gone: the token is dead since 2026-01-02T03:04:05.000Z']);
    assert.match(meaning!, /the app must register again.*the registration was left as it is/);
    assertHidden(ended, token);
  });

  test('a refusal is told in the words of the service', async () => {
    const token = randomToken();
    sandbox.misbehave({ kind: 'answer', status: 400, reason: 'TopicDisallowed' }, { token });
    const ended = await push('--token', token);
    const { outcome, reason, state } = readTold(ended.out);
    assert.deepEqual([ended.exitCode, outcome, reason], [1, 'rejected', '400 TopicDisallowed']);
    assert.match(state!, /^the provider is not ready: .*TopicDisallowed/);
  });

  test('a temporary refusal says when to try again', async () => {
    const token = randomToken();
    sandbox.misbehave({ kind: 'answer', status: 429, reason: 'TooManyRequests' }, { token });
    const { exitCode, out } = await push('--token', token);
    const { outcome, reason, meaning } = readTold(out);
    assert.deepEqual([exitCode, outcome, reason], [1, 'not delivered now', '429 TooManyRequests']);
    assert.match(meaning!, /^Try again in 30 s\./);
  });

  test('a service that never answers is given up in time', async () => {
    const token = randomToken();
    sandbox.misbehave({ kind: 'silence' }, { token, times: 1000 });
    const { exitCode, out } = await push('--token', token);
    const { outcome, meaning } = readTold(out);
    assert.deepEqual([exitCode, outcome], [1, 'no answer in time (15 s)']);
    assert.match(meaning!, /is silent: check name resolution, firewall and proxy/);
  });
});
