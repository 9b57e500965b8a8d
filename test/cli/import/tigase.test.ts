import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { anna, apns, fcm, nodeOf, push, registerRequest } from '../../helpers/app.ts';
import { createStage, publish, slow, type Stage } from './stage.ts';
import { columns, dump, nodeName } from './tigase-dump.ts';

describe('an import from Tigase Push', () => {
  let stage: Stage;
  before(async () => void (stage = await createStage()));
  after(() => stage.close());

  test('takes nodes and both tokens; a second time changes nothing', slow, async () => {
    const file = await stage.place(
      'tigase.sql',
      dump([{ second: 'accept-voip' }, { user: 'bert@example.net', provider: fcm, token: 'accept-2' }]),
    );
    const first = await stage.run('--from', 'tigase', file);
    assert.deepEqual([first.exitCode, first.err], [0, '']);
    assert.match(first.out, /^2 registrations read: 2 taken, 0 there already, 0 not taken\.\n/);
    const rows = await stage.rows();
    const row = rows.find(({ node }) => node === nodeName(anna));
    assert.deepEqual(
      [row?.['owner'], row?.['token'], row?.['second_token'], row?.['secret'], row?.['dialect']],
      [anna, 'accept-1', 'accept-voip', null, 'tigase'],
    );
    assert.match((await stage.run('--from', 'tigase', file)).out, /^2 registrations read: 0 taken, 2 there already, 0 not taken\.\n/);
    assert.deepEqual(await stage.rows(), rows);
  });

  test('leaves the same phone with the same node, before and after it registers again', slow, async () => {
    await stage.withApp(async (app) => {
      assert.equal(await publish(app, nodeName(anna), undefined), 'result');
      assert.equal(await publish(app, nodeName(anna), undefined, 'elsewhere.example'), 'item-not-found');
      assert.equal(nodeOf(await app.ask(registerRequest(anna, apns, 'accept-1'))), nodeName(anna));
      assert.equal(await publish(app, nodeName(anna), undefined), 'result');
    });
  });

  test('says which devices are of another component, an unknown provider or no account', slow, async () => {
    const file = await stage.place(
      'wrong.sql',
      dump([
        { service: 'push.other' },
        { provider: 'old:apns' },
        { user: 'example.net' },
        { provider: `x${'y'.repeat(80)}` },
        { token: '' },
      ]),
    );
    const { exitCode, out } = await stage.run('--from', 'tigase', file, '--dry-run');
    assert.equal(exitCode, 0);
    assert.deepEqual(
      out.split('\n').filter((line) => line.includes('×')),
      [
        '  1 × its service_jid is not push.test: servers publish for it to another address',
        '  1 × its provider "old:apns" is not in the configuration',
        '  1 × its user_jid is not a bare JID',
        '  1 × its provider (which is no provider id) is not in the configuration',
        '  1 × it has no token',
      ],
    );
  });

  test('refuses another layout of the table, a cut dump and a pipe, and takes nothing of them', slow, async () => {
    const rows = await stage.rows();
    const other = await stage.run(
      '--from',
      'tigase',
      await stage.place('other.sql', 'INSERT INTO tig_push_devices (id, token) VALUES (1,2);'),
    );
    assert.match(
      other.err,
      /other\.sql:1: the table tig_push_devices has no column service_jid, user_jid, node, provider, device_id: this is not Tigase Push's/,
    );
    const cut = await stage.run('--from', 'tigase', await stage.place('cut.sql', dump([{ user: 'emil@example.net' }]).subarray(0, -30)));
    assert.match(cut.err, /cut\.sql:\d+: the dump ends within/);
    const pipe = await stage.run('--from', 'tigase', '-');
    assert.match(pipe.err, /a pipe can be read once: write it to a file first/);
    assert.deepEqual([other.exitCode, cut.exitCode, pipe.exitCode], [1, 1, 1]);
    assert.deepEqual(await stage.rows(), rows);
  });

  test('reads what pg_dump writes', slow, async () => {
    const line = [push, '\\\\x00', 'fritz@example.net', '\\\\x01', nodeName('fritz'), '\\\\x02', apns, 'accept-f', '\\\\x03', '\\N'].join(
      '\t',
    );
    const text = `--\n-- PostgreSQL database dump\n--\nCOPY public.tig_push_devices (${columns.join(', ')}) FROM stdin;\n${line}\n\\.\n\n--\n-- PostgreSQL database dump complete\n--\n`;
    const { out } = await stage.run('--from', 'tigase', await stage.place('pg.sql', text));
    assert.match(out, /^1 registrations read: 1 taken/);
    await stage.withApp(async (app) => assert.equal(await publish(app, nodeName('fritz'), undefined), 'result'));
  });
});
