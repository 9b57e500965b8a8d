import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createLog } from '../../../src/log/log.ts';
import { openRegistry } from '../../../src/registry/open.ts';
import { anna, apns, nodeOf, registerRequest } from '../../helpers/app.ts';
import { createTestFolder } from '../../helpers/database/postgres.ts';
import { startXmppServer, type XmppServer } from '../../helpers/xmpp-server.ts';
import { listServers } from '../../registry/embedded/processes.ts';
import { startReveille } from '../../servers/reveille.ts';
import { type Ended, reveille } from '../reveille.ts';
import { assertHidden, readTold } from './told.ts';

const slow = { timeout: 120_000 };
const provider = new URL('../../helpers/scripted-provider.ts', import.meta.url).pathname;

describe('reveille push to a registered device', () => {
  let folder: string;
  let server: XmppServer;
  let file: string;

  before(async () => {
    folder = await createTestFolder();
    server = await startXmppServer();
    file = join(folder, 'reveille.toml');
    await writeFile(file, buildConfig(apns));
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const buildConfig = (id: string): string =>
    `[component]\njid = "push.test"\nserver = "127.0.0.1:${server.port}"\nsecret = "${server.secret}"\n` +
    `[database]\ndata-dir = "data"\n[http]\nlisten = "127.0.0.1:0"\n[providers."${id}"]\nuse = "${provider}"\n`;

  const push = (node: string, ...args: string[]): Promise<Ended> => reveille(['push', '--config', file, '--node', node, ...args]);

  test('says that nobody registered where there is no database yet, and makes none', slow, async () => {
    const ended = await push('KuPv9D_9tob1Q_s50Dm6GLS-hahcNvPF');
    assert.deepEqual(ended, { exitCode: 1, out: '', err: 'reveille push: no device is registered under the node KuPv9D…\n' });
    assert.deepEqual(listServers(join(folder, 'data')), []);
  });

  test('works beside a running serve, whose database it leaves alone', slow, async () => {
    const serving = await startReveille(file);
    try {
      const peer = await server.online(1);
      const node = nodeOf(await peer.ask(registerRequest(anna, apns, 'accept-0123456789')));
      const servers = listServers(join(folder, 'data'));
      const ended = await push(node);
      const { device, account, outcome } = readTold(ended.out);
      assert.deepEqual([ended.exitCode, ended.err, account, outcome], [0, '', anna, 'accepted']);
      assert.match(device!, /^accept…, registered \d{4}-\d\d-\d\dT/);
      assertHidden(ended, 'accept-0123456789', node);
      assert.deepEqual(listServers(join(folder, 'data')), servers);
      assert.match(await peer.ask(publish(node)), /type="result"/);
    } finally {
      assert.equal(await serving.stop(), 0);
    }
  });

  test('starts the database for itself, leaves a dead token registered, and stops the database', slow, async () => {
    const nodes = await register(['gone-0123456789', 'goneLongAgo-0123456789']);
    const dead = await push(nodes[0]!);
    assert.deepEqual([dead.exitCode, dead.err, readTold(dead.out)['outcome']], [1, '', 'gone: the token is dead']);
    assert.match(readTold(dead.out)['meaning']!, /The registration was left as it is\.$/);
    assert.deepEqual(listServers(join(folder, 'data')), [], 'no server is left behind');
    const outdated = await push(nodes[1]!);
    assert.match(readTold(outdated.out)['meaning']!, /registered again since then.*left as it is\.$/);
    assert.deepEqual(await push(nodes[0]!, '--json').then(({ out }) => (JSON.parse(out) as { outcome: string }).outcome), 'gone');
    const unknown = await push('-nobodyHasThisNode');
    assert.deepEqual(unknown, { exitCode: 1, out: '', err: 'reveille push: no device is registered under the node -nobod…\n' });
  });

  test('names the provider that is configured no longer', slow, async () => {
    const [node] = await register(['accept-another']);
    await writeFile(file, buildConfig('tigase:messenger:apns:2'));
    const { exitCode, err } = await push(node!);
    const known = `did you mean tigase:messenger:apns:2? Configured: tigase:messenger:apns:2 (${provider})`;
    assert.deepEqual([exitCode, err], [1, `reveille push: the device is registered under the unknown provider ${apns}, ${known}\n`]);
  });

  async function register(tokens: readonly string[]): Promise<readonly string[]> {
    const registry = await openRegistry({ url: undefined, dataDir: join(folder, 'data'), devicesPerOwner: 25 }, createLog('silent'));
    try {
      const devices = tokens.map((token) => registry.register({ owner: anna, provider: apns, token, secondToken: undefined }));
      return (await Promise.all(devices)).map(({ node }) => node);
    } finally {
      await registry.close();
    }
  }
});

function publish(node: string): string {
  return `<iq type='set' id='p' from='example.net' to='push.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item/></publish></pubsub></iq>`;
}
