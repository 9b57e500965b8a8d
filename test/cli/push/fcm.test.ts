import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildAuthority } from '../../../src/sandbox/authority.ts';
import { createSandboxFcm, type SandboxFcm, type ServiceAccountFile } from '../../../src/sandbox/fcm/sandbox-fcm.ts';
import { createFolder } from '../../config/folder.ts';
import { randomRegistrationToken } from '../../providers/fcm/stage.ts';
import { writeInto } from '../../providers/kit.ts';
import { type Ended, reveille } from '../reveille.ts';
import { assertHidden, readTold } from './told.ts';

const fcm = 'fcm-xmpp-api';

describe('reveille push to the sandbox FCM', { concurrency: 4 }, () => {
  let sandbox: SandboxFcm;
  let account: ServiceAccountFile;
  const folder = createFolder({});

  before(async () => {
    const authority = buildAuthority();
    sandbox = await createSandboxFcm({ authority });
    account = sandbox.issueServiceAccount();
    const table = (id: string, file: string) =>
      `[providers."${id}"]\nuse = "fcm"\nservice-account-file = "${file}"\nendpoint = "${sandbox.origin}"\nca-file = "ca.pem"\nproxy = []\n`;
    writeInto(folder, {
      'ca.pem': authority.ca,
      'account.json': JSON.stringify(account),
      'mute.json': JSON.stringify(sandbox.issueServiceAccount({ canSend: false })),
      'reveille.toml': `[component]\njid = "push.test"\nsecret = "s"\n${table(fcm, 'account.json')}${table('mute', 'mute.json')}`,
    });
  });
  after(() => sandbox.close());

  const push = (provider: string, token: string, ...more: string[]): Promise<Ended> =>
    reveille(['push', '--config', join(folder, 'reveille.toml'), '--provider', provider, '--token', token, ...more]);

  test('an accepted one is told with the name that Google gave it, and is a message as a server would cause it', async () => {
    const token = randomRegistrationToken();
    const ended = await push(fcm, token);
    assert.deepEqual([ended.exitCode, ended.err], [0, '']);
    const arrived = await sandbox.waitFor((one) => one.token === token, 30_000);
    const { provider, outcome, id } = readTold(ended.out);
    assert.deepEqual([provider, outcome, id], [`${fcm} (fcm)`, 'accepted', arrived.name]);
    assert.deepEqual(arrived.data, { account: 'push.test', 'unread-messages': '1', sender: 'push.test', body: 'Test push from Reveille' });
    assert.equal(arrived.priority, 'HIGH');
    assertHidden(ended, token, account.private_key);
  });

  test('a silent one is of normal priority and says nothing', async () => {
    const token = randomRegistrationToken();
    assert.equal((await push(fcm, token, '--silent')).exitCode, 0);
    const { priority, data } = await sandbox.waitFor((one) => one.token === token, 30_000);
    assert.deepEqual([priority, data], ['NORMAL', { account: 'push.test' }]);
  });

  test('a dead token, refused credentials and a service that is down are told as what they are', async () => {
    const [dead, fine, late] = [randomRegistrationToken(), randomRegistrationToken(), randomRegistrationToken()];
    sandbox.unregister(dead);
    sandbox.misbehave({ kind: 'answer', status: 503, errorCode: 'UNAVAILABLE', retryAfter: 30 }, { token: late, times: Infinity });
    const ended = await Promise.all([push(fcm, dead, '--json'), push('mute', fine, '--json'), push(fcm, late, '--json')]);
    const told = ended.map(({ out, exitCode }) => {
      const { outcome, reason } = JSON.parse(out) as Readonly<Record<string, unknown>>;
      return [exitCode, outcome, reason];
    });
    assert.deepEqual(told, [
      [1, 'gone', undefined],
      [1, 'rejected', '403 PERMISSION_DENIED'],
      [1, 'retry', '503 UNAVAILABLE'],
    ]);
    for (const one of ended) assertHidden(one, dead, fine, late);
  });
});
