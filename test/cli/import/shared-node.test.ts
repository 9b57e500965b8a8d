import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { apns, fcm, nodeOf, registerRequest } from '../../helpers/app.ts';
import { ask } from '../../helpers/database/postgres.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { reveille } from '../reveille.ts';
import { createStage, publish, slow, type Stage } from './stage.ts';
import { dump, nodeName, type Row } from './tigase-dump.ts';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const clara = 'clara@example.net';
const node = nodeName(clara);
const phones = ['accept-one', 'accept-two', 'accept-three'];

describe('an import of several devices behind one node', () => {
  let stage: Stage;
  let file: string;
  before(async () => {
    stage = await createStage();
    const [one, two, three] = phones.map((token): Row => ({ user: clara, token, ...(token === 'accept-two' ? { provider: fcm } : {}) }));
    file = await stage.place('shared.sql', dump([one!, { user: 'dora@example.net', token: 'accept-d' }, two!, three!]));
  });
  after(() => stage.close());

  const devicesOf = (owner: string) =>
    ask(stage.url, `SELECT coalesce(behind, node) AS node, token FROM devices WHERE owner = '${owner}' ORDER BY token`);
  const list = async (): Promise<string[]> => {
    const { exitCode, out, err } = await reveille(['devices', 'list', '--config', stage.config, '--node', node]);
    assert.deepEqual([exitCode, err], [0, '']);
    return out.split('\n');
  };

  test('is tried first, which says how many stand behind one node and changes nothing', slow, async () => {
    const { exitCode, out, err } = await stage.run('--from', 'tigase', file, '--dry-run');
    assert.deepEqual([exitCode, err], [0, '']);
    assert.equal(
      out,
      '4 registrations read: 4 would be taken, 0 there already, 0 not taken.\n' +
        '3 of these devices stand behind 1 node, several behind each: a push to such a node goes to all of them.\n',
    );
    assert.deepEqual(await stage.rows(), []);
  });

  test('takes them all, each with the node it knows; a second time changes nothing', slow, async () => {
    const first = await stage.run('--from', 'tigase', file);
    assert.deepEqual([first.exitCode, first.err], [0, '']);
    assert.match(first.out, /^4 registrations read: 4 taken, 0 there already, 0 not taken\.\n3 of these devices stand behind 1 node,/);
    assert.deepEqual(await devicesOf(clara), phones.toSorted().map((token) => ({ node, token }))); // prettier-ignore
    const rows = await stage.rows();
    const again = await stage.run('--from', 'tigase', file);
    assert.match(again.out, /^4 registrations read: 0 taken, 4 there already, 0 not taken\.\n3 of these devices stand behind 1 node,/);
    assert.deepEqual(await stage.rows(), rows);
  });

  test('leaves all of the phones with the same node, before and after each registers again', slow, async () => {
    const pushed = (app: { readonly log: readonly string[] }) => app.log.filter((line) => line.includes('"outcome":"accepted"')).length;
    await stage.withApp(async (app) => {
      assert.equal(await publish(app, node, undefined), 'result');
      assert.equal(pushed(app), 3);
      assert.equal(await publish(app, node, undefined, 'elsewhere.example'), 'item-not-found');
      for (const token of phones)
        assert.equal(nodeOf(await app.ask(registerRequest(clara, token === 'accept-two' ? fcm : apns, token))), node);
      assert.equal(await publish(app, node, undefined), 'result');
      assert.equal(pushed(app), 6);
    });
  });

  test('is shown by devices list, where the node leads to all of them, and by a test push', slow, async () => {
    const lines = await list();
    assert.equal(lines.length, 1 + 3 + 3, lines.join('\n'));
    assert.equal(lines.filter((line) => line.endsWith(` behind ${node}`)).length, 2);
    assert.equal(lines.filter((line) => line.endsWith(`  ${node}`)).length, 1);
    const told = await reveille(['push', '--config', stage.config, '--node', node]);
    assert.equal(told.exitCode, 0);
    assert.equal(
      told.err,
      'reveille push: 2 further devices stand behind this node; the push goes to the first. reveille devices list --node shows the nodes of their own.\n',
    );
    const own = / ([\w-]{32}) behind /.exec(lines.join('\n'))?.[1];
    const toOne = await reveille(['push', '--config', stage.config, '--node', own!]);
    assert.deepEqual([toOne.exitCode, toOne.err], [0, '']);
    const json = await reveille(['devices', 'list', '--config', stage.config, '--node', own!, '--json']);
    assert.equal((JSON.parse(json.out) as { behind: string }).behind, node);
  });

  test('takes none that is of another account, and of more than an account may have the last', slow, async () => {
    await appendFile(stage.config, '[limits]\ndevices-per-owner = 3\n');
    const rows = await stage.rows();
    const crowd = Array.from({ length: 5 }, (_, n): Row => ({ user: 'emil@example.net', token: `accept-${n}` }));
    const foreign: Row = { user: 'mallory@example.net', node, token: 'accept-mallory' };
    const other = await stage.place('other.sql', dump([{ user: clara, token: phones[0]! }, foreign, ...crowd]));
    for (const args of [['--dry-run'], []]) {
      const { out } = await stage.run('--from', 'tigase', other, ...args);
      assert.match(out, /^7 registrations read: 3 (?:would be )?taken, 1 there already, 3 not taken:\n/);
      assert.match(out, /^ {2}1 × its node stands for a device of another account$/m);
      assert.match(out, /^ {2}2 × its node stands for more devices than limits\.devices-per-owner, and others come later$/m);
      assert.match(out, /^3 of these devices stand behind 1 node, several behind each/m);
    }
    assert.deepEqual((await devicesOf('emil@example.net')).map(({ token }) => token), ['accept-2', 'accept-3', 'accept-4']); // prettier-ignore
    assert.equal((await stage.rows()).length, rows.length + 3);
  });
});

/** Devices of an account are far from each other in the table: they come in different batches. */
const accounts = Array.from({ length: 2_000 }, (_, n) => `user${n}@example.net`);
const crowd = phones.flatMap((token) => accounts.map((user): Row => ({ user, token })));
const expected = accounts.toSorted().flatMap((owner) => phones.toSorted().map((token) => ({ owner, node: nodeName(owner), token })));

test('an import of several devices behind each node, ended by kill -9 at a random point and repeated, ends the same', slow, async () => {
  const stage = await createStage();
  try {
    const file = await stage.place('crowd.sql', dump(crowd));
    const count = async (): Promise<number> => Number((await ask(stage.url, 'SELECT count(*) AS count FROM devices'))[0]?.['count']);
    const child = spawn(process.execPath, [main, 'import', '--from', 'tigase', file, '--config', stage.config], { stdio: 'ignore' });
    const ended = once(child, 'close') as Promise<[number | null]>;
    const threshold = Math.floor(Math.random() * 2_500);
    await waitFor(`${threshold} devices`, async () => child.exitCode !== null || (await count()) > threshold);
    child.kill('SIGKILL');
    assert.equal((await ended)[0], null, 'it was cut');
    assert.equal((await count()) % 500, 0, 'whole batches');
    assert.match((await stage.run('--from', 'tigase', file)).out, /^6000 registrations read: \d+ taken, \d+ there already, 0 not taken\.\n6000 of these devices stand behind 2000 nodes/); // prettier-ignore
    assert.deepEqual(
      await ask(stage.url, 'SELECT owner, coalesce(behind, node) AS node, token FROM devices ORDER BY owner, token'),
      expected,
    );
    const [row] = await ask(stage.url, 'SELECT count(*) FILTER (WHERE behind IS NULL) AS own, count(DISTINCT node) AS nodes FROM devices');
    assert.deepEqual(row, { own: '2000', nodes: '6000' });
    const rows = await stage.rows();
    assert.match((await stage.run('--from', 'tigase', file)).out, /^6000 registrations read: 0 taken, 6000 there already, 0 not taken/);
    assert.deepEqual(await stage.rows(), rows);
  } finally {
    await stage.close();
  }
});
