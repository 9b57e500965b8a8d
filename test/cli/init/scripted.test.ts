import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { placeFiles } from '../../../src/cli/init/files/plan-files.ts';
import { createFolder } from '../../config/folder.ts';
import { startXmppServer } from '../../helpers/xmpp-server.ts';
import { reveille } from '../reveille.ts';
import { callInit, listFiles } from './calling.ts';

const read = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8');
const offline = ['--jid', 'push.chat.test', '--app', 'log', '--offline'];

test('options alone become a configuration that check takes, and a snippet with its name, port and secret', async () => {
  const folder = createFolder({});
  const { exitCode, out, err } = await callInit(folder, [...offline, '--server', 'ejabberd', '--address', '127.0.0.1:5999']);
  assert.deepEqual([exitCode, err], [0, '']);
  assert.deepEqual(listFiles(folder), {
    'reveille.ejabberd.yml': '600',
    'reveille.secrets/component-secret': '600',
    'reveille.toml': '600',
  });
  assert.equal(statSync(join(folder, 'reveille.secrets')).mode & 0o777, 0o700);
  const secret = read(folder, 'reveille.secrets/component-secret');
  assert.match(secret, /^[0-9a-f]{64}$/);
  assert.ok(!out.includes(secret));
  const snippet = read(folder, 'reveille.ejabberd.yml');
  for (const part of ['port: 5999', 'push.chat.test:', `password: '${secret}'`]) assert.ok(snippet.includes(part), part);
  const config = read(folder, 'reveille.toml');
  for (const line of ['jid = "push.chat.test"', 'server = "127.0.0.1:5999"', 'connections = 2', 'data-dir = "data"'])
    assert.ok(config.split('\n').includes(line), line);
  assert.ok(!config.includes(secret));
  const checked = await reveille(['check', '--config', join(folder, 'reveille.toml')]);
  assert.deepEqual([checked.exitCode, checked.err], [0, '']);
});

test('in a folder that gives its group to what is made in it, as /etc/reveille of the Debian package, that group may read all of it', async () => {
  const folder = createFolder({});
  chmodSync(folder, 0o2750);
  const { exitCode, out, err } = await callInit(folder, [...offline, '--server', 'prosody']);
  assert.deepEqual([exitCode, err], [0, '']);
  assert.deepEqual([...new Set(Object.values(listFiles(folder)))], ['640']);
  assert.equal(statSync(join(folder, 'reveille.secrets')).mode & 0o7777, 0o2750);
  assert.match(out, /^Written, for you and the group of .* to read:$/m);
  assert.doesNotMatch(out, /chown/);
});

test('below /etc, where no service writes, the data are placed in /var/lib', () => {
  assert.equal(placeFiles('/etc/reveille/reveille.toml').data, '/var/lib/reveille/data');
  assert.equal(placeFiles('/opt/etc/reveille.toml').data, 'data');
});

test('without options the lines of standard input are the answers, and empty ones take the default', async () => {
  const folder = createFolder({});
  const { exitCode, err } = await callInit(folder, ['--offline'], '5\n\npush.chat.test\nof-the-server\nlog\nmine\n');
  assert.deepEqual([exitCode, err], [0, '']);
  assert.equal(read(folder, 'reveille.secrets/component-secret'), 'of-the-server');
  assert.match(read(folder, 'reveille.toml'), /^server = "127\.0\.0\.1:5275"$/m);
  assert.match(read(folder, 'reveille.toml'), /^\[providers\."mine"\]$/m);
  assert.match(read(folder, 'reveille.openfire.properties'), /subdomain "push" .*\n# +of-the-server$/m);
});

/** Options, and the line that names what is missing or wrong. */
const misunderstood: readonly (readonly [args: readonly string[], line: RegExp])[] = [
  [['--app', 'log', '--offline'], /^reveille init: --jid: an answer is needed \(see reveille init --help\)\n$/],
  [[...offline, '--server', 'prosdy'], /^reveille init: --server: did you mean prosody\? /],
  [['--jid', 'a@b', '--app', 'log', '--offline'], /^reveille init: --jid: expected a domain /],
  [[...offline, '--secret-file', 'missing'], /^reveille init: --secret-file: missing can't be read \(ENOENT\) /],
  [
    ['--jid', 'push.test', '--app', 'apns', '--credentials', 'no.p8', '--offline'],
    /^reveille init: --credentials: .*no\.p8 can't be read /,
  ],
];

for (const [args, line] of misunderstood) {
  test(`"reveille init ${args.join(' ')}" ends with 2 and one line, and writes nothing`, async () => {
    const folder = createFolder({});
    const { exitCode, err } = await callInit(folder, args);
    assert.equal(exitCode, 2);
    assert.match(err, line);
    assert.deepEqual(listFiles(folder), {});
  });
}

test('a configuration that is there stays as it is, unless it is to be overwritten', async () => {
  const folder = createFolder({ 'reveille.toml': 'mine' });
  const { exitCode, err } = await callInit(folder, offline);
  assert.equal(exitCode, 1);
  assert.match(err, /^reveille init: .*reveille\.toml: there already, and not overwritten without --overwrite; nothing was written\n$/);
  assert.deepEqual(listFiles(folder), { 'reveille.toml': '644' });
  assert.equal(read(folder, 'reveille.toml'), 'mine');
  assert.equal((await callInit(folder, [...offline, '--overwrite'])).exitCode, 0);
  assert.equal(listFiles(folder)['reveille.toml'], '600');
});

test('a snippet or secret of somebody else is not overwritten either, and then no configuration is written', async () => {
  const folder = createFolder({ 'reveille.prosody.cfg.lua': 'mine' });
  const { exitCode, err } = await callInit(folder, offline);
  assert.equal(exitCode, 1);
  assert.match(err, /reveille\.prosody\.cfg\.lua: there already/);
  assert.deepEqual(Object.keys(listFiles(folder)), ['reveille.prosody.cfg.lua']);
});

test('the secret that was made before is kept where a new configuration replaces the old one', async () => {
  const folder = createFolder({});
  await callInit(folder, offline);
  const secret = read(folder, 'reveille.secrets/component-secret');
  assert.equal((await callInit(folder, [...offline, '--overwrite'])).exitCode, 0);
  assert.equal(read(folder, 'reveille.secrets/component-secret'), secret);
});

test('a secret that the server refuses ends it with what to do; the right one is accepted; neither is shown', async (context) => {
  const server = await startXmppServer({ secret: 'right-secret' });
  context.after(() => server.close());
  const folder = createFolder({ wrong: 'wrong-secret\n', right: 'right-secret\n' });
  const address = `127.0.0.1:${server.port}`;
  const call = (file: string) => callInit(folder, ['--jid', 'push.chat.test', '--app', 'log', '--address', address, '--secret-file', file]);
  const refused = await call('wrong');
  assert.equal(refused.exitCode, 1);
  assert.match(refused.out, /failed: component: not-authorized: the server refuses the secret.*\n +do: compare component\.secret/);
  assert.match(refused.err, /or say --anyway to go on all the same; nothing was written\n$/);
  assert.deepEqual(Object.keys(listFiles(folder)), ['right', 'wrong']);
  const accepted = await call('right');
  assert.equal(accepted.exitCode, 0, accepted.err);
  assert.match(accepted.out, /ok: component: the server knows the domain and takes the secret/);
  assert.doesNotMatch(`${refused.out}${refused.err}${accepted.out}${accepted.err}`, /(wrong|right)-secret/);
});

test('where nobody listens it says so, and goes on only with --anyway', async () => {
  const folder = createFolder({});
  writeFileSync(join(folder, 'secret'), 'a-secret');
  const args = ['--jid', 'push.chat.test', '--app', 'log', '--address', '127.0.0.1:1', '--secret-file', 'secret'];
  const refused = await callInit(folder, args);
  assert.deepEqual([refused.exitCode, Object.keys(listFiles(folder))], [1, ['secret']]);
  assert.match(refused.out, /failed: connection: refused: nobody listens there/);
  assert.equal((await callInit(folder, [...args, '--anyway'])).exitCode, 0);
});
