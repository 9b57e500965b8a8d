import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { anna, apns, fcm, nodeOf, push, registerRequest } from '../../helpers/app.ts';
import { createStage, publish, slow, type Stage } from './stage.ts';

const nodeName = (text: string): string => `01#${createHash('sha256').update(text).digest('hex').toUpperCase()}`;
const columns = [
  'service_jid',
  'service_jid_id',
  'user_jid',
  'user_jid_id',
  'node',
  'node_id',
  'provider',
  'device_id',
  'device_id_id',
  'device_second_id',
];

interface Row {
  readonly service?: string;
  readonly user?: string;
  readonly node?: string;
  readonly provider?: string;
  readonly token?: string;
  readonly second?: string;
}

/** As mysqldump writes Tigase Push's table: digests in binary columns, with whatever bytes they have. */
function dump(rows: readonly Row[]): Buffer {
  const quote = (bytes: Buffer): string =>
    `'${bytes.toString('latin1').replace(/[\\']/g, '\\$&').replaceAll('\0', '\\0').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\u001a', '\\Z')}'`;
  const digest = (text: string): string => `_binary ${quote(createHash('sha256').update(text).digest())}`;
  const text = (value: string): string => quote(Buffer.from(value));
  const values = rows.map(({ service = push, user = anna, node = nodeName(user), provider = apns, token = 'accept-1', second }) =>
    [
      text(service),
      digest(service),
      text(user),
      digest(user),
      text(node),
      digest(node),
      text(provider),
      text(token),
      digest(token),
      second === undefined ? 'NULL' : text(second),
    ].join(','),
  );
  const create = `CREATE TABLE \`tig_push_devices\` (\n${columns.map((column) => `  \`${column}\` ${column.endsWith('_id') ? 'varbinary(64)' : 'varchar(2049)'} DEFAULT NULL`).join(',\n')},\n  KEY \`n\` (\`service_jid_id\`,\`node_id\`)\n) ENGINE=InnoDB;\n`;
  const insert = values.length === 0 ? '' : `INSERT INTO \`tig_push_devices\` VALUES (${values.join('),(')});\n`;
  return Buffer.from(`-- MySQL dump 10.13\n${create}${insert}-- Dump completed\n`, 'latin1');
}

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

  test('takes the newest of several devices behind one node, and names the others', slow, async () => {
    const shared = { user: 'clara@example.net' };
    const file = await stage.place(
      'shared.sql',
      dump([
        { ...shared, token: 'accept-old' },
        { user: 'dora@example.net', token: 'accept-d' },
        { ...shared, token: 'accept-older' },
        { ...shared, token: 'accept-newest' },
      ]),
    );
    for (const args of [['--dry-run'], []]) {
      const { out } = await stage.run('--from', 'tigase', file, ...args);
      assert.match(
        out,
        /^4 registrations read: 2 (?:would be )?taken, 0 there already, 2 not taken:\n {2}2 × its node stands for a newer device as well, and here a node is one device\n/,
      );
    }
    const rows = (await stage.rows()).filter(({ owner }) => owner === shared.user);
    assert.deepEqual(rows.map(({ token }) => token), ['accept-newest']); // prettier-ignore
    const again = await stage.run('--from', 'tigase', file);
    assert.match(again.out, /^4 registrations read: 0 taken, 2 there already, 2 not taken/);
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
