import assert from 'node:assert/strict';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { anna, apns, nodeOf, push, registerRequest } from '../../helpers/app.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { bootMachine, type Machine } from './machine.ts';
import { createNetwork } from './network.ts';
import { type Outside, startOutside } from './outside.ts';
import { buildPackages, olderVersion, type Packages, placeIn } from './packages.ts';
import { debianOrSkip } from './roots.ts';

const configuration = '/etc/reveille/reveille.toml';
const [first, second] = ['ab'.repeat(32), 'cd'.repeat(32)];

// One machine from its first boot to the purge: each test begins where the one before has ended.
describe('the package on a fresh Debian 12 that was booted, without network and Node', { skip: await debianOrSkip() }, () => {
  const cleanUp = new AsyncDisposableStack();
  let packages: Packages;
  let machine: Machine;
  let outside: Outside;
  let untouched: readonly string[];
  let node: string;

  before(async () => {
    packages = await buildPackages();
    cleanUp.defer(() => packages.remove());
    const network = await createNetwork();
    cleanUp.defer(() => network.close());
    outside = await startOutside(network);
    cleanUp.defer(() => outside.close());
    machine = await bootMachine(network);
    cleanUp.defer(() => machine.close());
    for (const name of [packages.older, packages.present]) await copyFile(join(packages.folder, name), join(machine.folder, placeIn(name)));
    // As Debian's installer writes it.
    await write('/etc/hosts', '127.0.0.1 localhost\n');
    untouched = await machine.list();
  });
  after(() => cleanUp.disposeAsync());

  /** Rejects with what it printed, where it fails. */
  const run = async (program: string, ...args: string[]): Promise<string> => {
    const { code, output } = await machine.run(program, ...args);
    if (code === 0) return output;
    const log = await machine.run('journalctl', '--no-pager', '--lines=40', '--unit=reveille*');
    throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${output}\n${log.output}`);
  };
  const write = (path: string, text: string): Promise<void> => writeFile(join(machine.folder, path), text);
  const stateOf = async (unit: string): Promise<string> =>
    (await machine.run('systemctl', 'show', unit, '--property=ActiveState,Result,UnitFileState', '--value')).output
      .trim()
      .split('\n')
      .join(' ');
  const mainPid = async (): Promise<string> => (await run('systemctl', 'show', 'reveille', '--property=MainPID', '--value')).trim();
  const publish = (id: string) =>
    outside.ask(
      `<iq type='set' id='${id}' from='example.net' to='${push}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item/></publish></pubsub></iq>`,
    );
  const accepted = (id: string): string => `<iq type="result" id="${id}" from="${push}" to="example.net"/>`;

  test('it is installed from nothing but its file; what is not configured yet is not started, and is no failure', async (t) => {
    const startedMs = performance.now();
    const said = await run('dpkg', '--install', placeIn(packages.older));
    t.diagnostic(`dpkg --install: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
    assert.match(said, /reveille\.toml holds nothing but comments yet, so Reveille is not started/);
    assert.equal(await stateOf('reveille.service'), 'exec-condition inactive enabled');
    assert.equal(await stateOf('reveille-backup.timer'), 'success active enabled');
    assert.doesNotMatch(await run('systemctl', 'list-units', '--failed', '--no-legend'), /reveille/);
  });

  test('it has a user of its own, a folder that only he sees, and a configuration that others can not read', async () => {
    assert.match(await run('getent', 'passwd', 'reveille'), /^reveille:[^:]+:\d+:\d+:[^:]*:\/var\/lib\/reveille:\/usr\/sbin\/nologin\n$/);
    assert.equal(
      await run('stat', '--format=%A %U %G %n', '/var/lib/reveille', '/etc/reveille', configuration),
      `drwx------ reveille reveille /var/lib/reveille\ndrwxr-s--- root reveille /etc/reveille\n-rw-r----- root reveille ${configuration}\n`,
    );
  });

  test('the command, its manual and its completions are where each is looked for', async () => {
    assert.match(await run('reveille', '--version'), /^\d+\.\d+\.\d+/);
    const places = [
      'man/man1/reveille.1.gz',
      'bash-completion/completions/reveille',
      'zsh/vendor-completions/_reveille',
      'doc/reveille/copyright',
    ];
    for (const place of places) await run('test', '-s', `/usr/share/${place}`);
    await run('gzip', '--test', '/usr/share/man/man1/reveille.1.gz', '/usr/share/doc/reveille/changelog.gz');
  });

  test('a mistake in the configuration fails the start, in words', async () => {
    await write(configuration, '[component]\njid = "push.test"\nsecrets = "…"\n');
    const { code } = await machine.run('systemctl', 'start', 'reveille');
    assert.notEqual(code, 0);
    assert.match(await run('journalctl', '--unit=reveille', '--no-pager'), /component\.secrets: unknown key, did you mean "secret"\?/);
    await run('systemctl', 'stop', 'reveille');
  });

  test('configured and started it attaches, registers a phone and pushes', async (t) => {
    await write('/etc/reveille/secret', outside.secret);
    for (const [name, content] of Object.entries(outside.files)) await write(`/etc/reveille/${name}`, content);
    await write(
      configuration,
      `[component]\njid = "${push}"\nserver = "127.0.0.1:${outside.port}"\nsecret = { file = "secret" }\n` +
        `[database]\ndata-dir = "/var/lib/reveille/data"\n[providers."${apns}"]\nuse = "apns"\n${outside.provider}\n`,
    );
    await run('systemctl', 'reset-failed', 'reveille');
    const startedMs = performance.now();
    await run('systemctl', 'start', 'reveille');
    await waitFor('the event ready', async () => /"event":"ready"/.test(await run('journalctl', '--unit=reveille', '--no-pager')));
    node = nodeOf((await outside.ask(registerRequest(anna, apns, first))).answer);
    assert.deepEqual(await publish('p1'), { answer: accepted('p1'), pushes: [first] });
    t.diagnostic(`start to first push, a new database on the way: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
    assert.equal(await stateOf('reveille.service'), 'success active enabled');
  });

  test('the backup of the night is made by its unit, beside the running one', async () => {
    await run('systemctl', 'start', 'reveille-backup');
    assert.match(await run('ls', '-l', '/var/lib/reveille/backups'), /-rw------- 1 reveille reveille +\d+ .* reveille-[1-7]\.backup\n/);
  });

  test('doctor, called by root, finds nothing wrong', async () => {
    const { code, output } = await machine.run('reveille', 'doctor', '--config', configuration);
    assert.equal(code, 0, output);
  });

  test('an upgrade drains the old one and keeps the phone', async () => {
    const said = await run('dpkg', '--install', placeIn(packages.present));
    assert.match(
      said,
      new RegExp(`Unpacking reveille \\(${packages.version.replaceAll('.', '\\.')}\\) over \\(${olderVersion.replaceAll('.', '\\.')}\\)`),
    );
    assert.deepEqual(await publish('p2'), { answer: accepted('p2'), pushes: [first, first] });
    const log = await run('journalctl', '--unit=reveille', '--no-pager');
    assert.match(log, /"event":"database-stopped"[^]*"event":"stopped"[^]*"event":"database-started"/);
    assert.match(await readFile(join(machine.folder, configuration), 'utf8'), /^\[component\]/);
  });

  test('an older version that does not know the schema is refused in words, and who runs goes on', async () => {
    const pid = await mainPid();
    const { code, output } = await machine.run('dpkg', '--install', placeIn(packages.older));
    assert.notEqual(code, 0);
    assert.match(
      output,
      new RegExp(
        `version ${olderVersion} is not installed: the database was made for Reveille ${packages.version} \\(its schema is ${packages.schema}, this`,
      ),
    );
    assert.match(
      await run('dpkg-query', '--show', '--showformat=${Version} ${Status}', 'reveille'),
      new RegExp(`^${packages.version} install ok installed$`),
    );
    assert.equal(await mainPid(), pid);
    assert.deepEqual((await publish('p3')).answer, accepted('p3'));
  });

  test('after a power failure it is there again by itself', async () => {
    await machine.powerCycle();
    assert.deepEqual((await publish('p4')).answer, accepted('p4'));
  });

  test('removed it is stopped, and what it remembers stays', async () => {
    await run('dpkg', '--remove', 'reveille');
    assert.equal(await stateOf('reveille.service'), 'success inactive');
    await run('test', '-d', '/var/lib/reveille/data/postgres');
    await run('test', '-f', configuration);
    assert.equal((await machine.run('test', '-e', '/usr/bin/reveille')).code, 1);
    const { code, output } = await machine.run('dpkg', '--install', placeIn(packages.older));
    assert.notEqual(code, 0, 'an older version is refused now as well');
    assert.match(output, /is not installed: the database was made for/);
  });

  test('installed again it goes on where it was', async () => {
    await run('dpkg', '--install', placeIn(packages.present));
    const { pushes, answer } = await publish('p5');
    assert.equal(answer, accepted('p5'));
    assert.deepEqual(new Set(pushes), new Set([first]));
    const other = await outside.ask(registerRequest(anna, apns, second));
    assert.match(other.answer, /type="result"/);
  });

  test('purged it leaves nothing but what the administrator put beside its configuration', async () => {
    await run('dpkg', '--purge', 'reveille');
    assert.equal((await machine.run('getent', 'passwd', 'reveille')).code, 2);
    assert.equal((await machine.run('getent', 'group', 'reveille')).code, 2);
    const before = new Set(untouched);
    const left = (await machine.list()).filter((path) => !before.has(path) && !path.startsWith('/var/log/journal/'));
    const own = ['secret', ...Object.keys(outside.files)].map((name) => `/etc/reveille/${name}`);
    assert.deepEqual(left, ['/etc/reveille', ...own].sort());
    assert.doesNotMatch(await run('ls', '-lR', '/etc/reveille'), /reveille +\d/);
  });
});
