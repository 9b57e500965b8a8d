import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createLog } from '../../src/log/log.ts';
import { openRegistry } from '../../src/registry/open.ts';
import { apns, fcm, nodeOf, registerRequest } from '../helpers/app.ts';
import { createTestFolder } from '../helpers/database/postgres.ts';
import { startXmppServer, type XmppServer } from '../helpers/xmpp-server.ts';
import { eventually } from '../registry/suites/registry-suite.ts';
import { listServers } from '../registry/embedded/processes.ts';
import { startReveille } from '../servers/reveille.ts';
import { type Ended, reveille } from './reveille.ts';
import { assertHidden } from './push/told.ts';

const slow = { timeout: 120_000 };
const provider = new URL('../helpers/scripted-provider.ts', import.meta.url).pathname;
const token = '0123456789abcdef0123456789abcdef';

describe('reveille devices', () => {
  let folder: string;
  let server: XmppServer;
  let file: string;

  before(async () => {
    folder = await createTestFolder();
    server = await startXmppServer();
    file = join(folder, 'reveille.toml');
    await writeFile(
      file,
      `[component]\njid = "push.test"\nserver = "127.0.0.1:${server.port}"\nsecret = "${server.secret}"\n[database]\ndata-dir = "data"\n` +
        `[http]\nlisten = "127.0.0.1:0"\n[providers."${apns}"]\nuse = "${provider}"\n[providers.${fcm}]\nuse = "${provider}"\n`,
    );
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const devices = (action: string, ...args: string[]): Promise<Ended> => reveille(['devices', action, '--config', file, ...args]);
  const told = async (ended: Promise<Ended>): Promise<string> => {
    const { exitCode, out, err } = await ended;
    assert.deepEqual([exitCode, err], [0, '']);
    return out;
  };

  test('finds nothing where there is no database yet, and makes none', slow, async () => {
    assert.equal(await told(devices('list')), 'No device matches.\n');
    assert.equal(await told(devices('list', '--json')), '');
    assert.equal(await told(devices('count')), 'in all  0\n');
    assert.equal(await told(devices('remove', '--all', '--json')), '{"removed":0}\n');
    assert.deepEqual(listServers(join(folder, 'data')), []);
  });

  test('lists for people and for programs, and shows no token in full', slow, async () => {
    await register(['anna@example.net', 'bob@example.net', 'anna@other.example']);
    const list = await devices('list', '--domain', 'example.net');
    assert.deepEqual([list.exitCode, list.err], [0, '']);
    const [header, first, second, ...rest] = list.out.split('\n');
    assert.match(header!, /^OWNER +PROVIDER +DIALECT +REGISTERED +USED +TOKEN +NODE$/);
    assert.match(
      first!,
      new RegExp(`^anna@example.net +${apns} +tigase +\\d{4}-\\d\\d-\\d\\d +\\d{4}-\\d\\d-\\d\\d +012345… +[\\w-]{32}$`),
    );
    assert.equal(first!.indexOf(apns), header!.indexOf('PROVIDER'));
    assert.match(second!, /^bob@example.net /);
    assert.deepEqual(rest, ['', '2 devices', '']);
    assertHidden(list, token);
    const json = await devices('list', '--json', '--owner', 'Anna@other.example');
    const { node, registered, used, ...facts } = JSON.parse(json.out) as Record<string, string>;
    assert.deepEqual(facts, { owner: 'anna@other.example', provider: apns, dialect: 'tigase', token: '012345…' });
    assert.ok([registered, used].every((date) => !Number.isNaN(Date.parse(date!))));
    assertHidden(json, token);
    assert.equal(await told(devices('list', '--json', '--node', node!)), json.out);
  });

  test('counts per provider, narrowed as asked', slow, async () => {
    assert.equal(await told(devices('count')), `${apns}  3\n${'in all'.padEnd(apns.length)}  3\n`);
    assert.equal(await told(devices('count', '--json', '--domain', 'example.net')), `{"provider":"${apns}","devices":2}\n`);
    assert.equal(await told(devices('count', '--json', '--provider', fcm)), '');
    assert.equal(await told(devices('count', '--json', '--dialect', 'tigase')), `{"provider":"${apns}","devices":3}\n`);
    assert.equal(await told(devices('list', '--dialect', 'p2')), 'No device matches.\n');
  });

  test('removes one device at once, several only with --yes, all only with --all', slow, async () => {
    assert.equal(await told(devices('remove', '--owner', 'anna@other.example')), '1 device removed.\n');
    const refused = await devices('remove', '--domain', 'example.net');
    assert.deepEqual(refused, {
      exitCode: 2,
      out: '',
      err: 'reveille devices: 2 devices would be removed: add --yes to do so (see reveille devices --help)\n',
    });
    const nothing = await devices('remove', '--yes');
    assert.deepEqual([nothing.exitCode, nothing.out], [2, '']);
    assert.match(nothing.err, /which devices\? .*every device: --all/);
    assert.equal(await told(devices('remove', '--domain', 'example.net', '--yes', '--json')), '{"removed":2}\n');
    assert.equal(await told(devices('remove', '--domain', 'example.net')), '0 devices removed.\n');
    await register(['anna@example.net', 'bob@example.net']);
    assert.equal(await told(devices('remove', '--all', '--yes')), '2 devices removed.\n');
    assert.equal(await told(devices('count')), 'in all  0\n');
    assert.deepEqual(listServers(join(folder, 'data')), [], 'no server is left behind');
  });

  test('works beside a running serve, which forgets at once what is removed; migrate finds nothing to do', slow, async () => {
    const serving = await startReveille(file);
    try {
      const peer = await server.online(1);
      const node = nodeOf(await peer.ask(registerRequest('anna@example.net', apns, 'accept-0123456789')));
      assert.match(await peer.ask(publish(node)), /type="result"/);
      const servers = listServers(join(folder, 'data'));
      assert.match(await told(devices('list')), /^anna@example.net .*accept…/m);
      assert.equal(await told(devices('remove', '--node', node)), '1 device removed.\n');
      await eventually(async () => (await peer.ask(publish(node))).includes('item-not-found'), 'the serve hears of the removal');
      const migrated = await told(reveille(['migrate', '--config', file]));
      assert.deepEqual(
        migrated
          .trim()
          .split('\n')
          .map((line) => (JSON.parse(line) as { event: string }).event),
        ['database-ready'],
      );
      assert.deepEqual(listServers(join(folder, 'data')), servers);
    } finally {
      assert.equal(await serving.stop(), 0);
    }
  });

  const mistakes: Readonly<Record<string, readonly [args: readonly string[], line: RegExp]>> = {
    'no action': [['--config', 'x.toml'], /^reveille devices: what to do comes first: list, count, remove /],
    'an action nearly right': [['remov', '--config', 'x.toml'], /unknown action remov, did you mean remove\?/],
    'an owner with a resource': [['list', '--config', 'x.toml', '--owner', 'anna@example.net/phone'], /expected a bare JID/],
    'a domain that is none': [['list', '--config', 'x.toml', '--domain', 'anna@example.net'], /expected a domain/],
    '--yes without remove': [['list', '--config', 'x.toml', '--yes'], /--yes is for remove only/],
    '--all beside a narrower choice': [['remove', '--config', 'x.toml', '--all', '--domain', 'example.net'], /do not go together/],
    'a missing file': [['list', '--config', 'missing.toml'], /missing\.toml/],
  };
  for (const [name, [args, line]] of Object.entries(mistakes)) {
    test(`refuses ${name} in one line`, slow, async () => {
      const { exitCode, out, err } = await reveille(['devices', ...args]);
      assert.deepEqual([exitCode, out, err.trim().split('\n').length], [2, '', 1], err);
      assert.match(err, line);
    });
  }

  test('--help says what there is', slow, async () => {
    for (const args of [['--help'], ['list', '--help']])
      assert.match(await told(reveille(['devices', ...args])), /--owner JID .*\n.*--domain D/);
  });

  async function register(owners: readonly string[]): Promise<void> {
    const options = { url: undefined, dataDir: join(folder, 'data'), devicesPerOwner: 25, key: undefined, previousKey: undefined };
    const registry = await openRegistry(options, createLog('silent'));
    try {
      for (const owner of owners) await registry.register({ owner, provider: apns, token, secondToken: undefined });
    } finally {
      await registry.close();
    }
  }
});

let count = 0;

function publish(node: string): string {
  count += 1;
  return `<iq type='set' id='p${count}' from='example.net' to='push.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item/></publish></pubsub></iq>`;
}
