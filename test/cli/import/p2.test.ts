import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { anna, apns, fcm, push } from '../../helpers/app.ts';
import { buildTargets, createStage, createTarget, dumpTargets, hash, publish, slow, type Stage, type Target } from './stage.ts';
import { type MariaDb, mariadbOrSkip, startMariaDb } from '../../helpers/database/mariadb.ts';

const androidId = '92afd7a91cdba9a0';
const phone: Target = {
  service: 'fcm',
  device: hash(anna, androidId),
  domain: 'example.net',
  token: 'accept-eeDXSJjASJY:APA91bEKxhXK54',
  node: 'eKxTS5n3bOe0',
  secret: 'KK4+H5WMfpRG/2zCbuKq6wpX',
};
const room: Target = {
  ...phone,
  channel: hash('room@muc.example.net', androidId),
  node: 'roomroomroom',
  secret: 'room/of/24/characters/ab',
};
let counter = 0;

/** As Conversations sends it. */
function command(node: string, from: string, fields: Readonly<Record<string, string>>): string {
  counter += 1;
  const form = Object.entries(fields).map(([name, value]) => `<field var='${name}'><value>${value}</value></field>`);
  return (
    `<iq type='set' id='c${counter}' from='${from}/Conversations.x' to='${push}'><command xmlns='http://jabber.org/protocol/commands' ` +
    `node='${node}' action='execute'><x xmlns='jabber:x:data' type='submit'>${form.join('')}</x></command></iq>`
  );
}

function valueOf(answer: string, field: string): string | undefined {
  return new RegExp(`var="${field}"[^>]*><value>([^<]+)<`).exec(answer)?.[1];
}

const skip = await mariadbOrSkip();

describe('an import from p2', () => {
  let stage: Stage;
  let dump: string;

  before(async () => {
    stage = await createStage();
    dump = await stage.place('p2.sql', dumpTargets([phone, room, ...buildTargets(1200)]));
    await stage.withRegistry(async (registry) => {
      await registry.register({ owner: anna, provider: apns, token: 'accept-own', secondToken: undefined });
      await registry.credentials.keep(apns, Buffer.from('the certificate'));
    });
  });
  after(() => stage.close());

  test('is tried first, which says what would be taken and changes nothing', slow, async () => {
    const rows = await stage.rows();
    const { exitCode, out, err } = await stage.run('--from', 'p2', dump, '--dry-run');
    assert.deepEqual([exitCode, out, err], [0, '1202 registrations read: 1202 would be taken, 0 there already, 0 not taken.\n', '']);
    assert.deepEqual(await stage.rows(), rows);
  });

  test('takes every registration, and touches nothing else', slow, async () => {
    const [rows, others] = [await stage.rows(), await stage.others()];
    const { exitCode, out, err } = await stage.run('--from', 'p2', dump);
    assert.deepEqual([exitCode, err], [0, '']);
    assert.match(out, /^1202 registrations read: 1202 taken, 0 there already, 0 not taken\.\nNext: end p2, and start reveille serve/);
    const now = await stage.rows();
    assert.deepEqual(
      now.filter(({ node }) => rows.some((row) => row['node'] === node)),
      rows,
    );
    assert.deepEqual([now.length, await stage.others()], [rows.length + 1202, others]);
    assert.deepEqual(now.find(({ node }) => node === phone.node)?.['app_keys'], { account: phone.device });
    assert.deepEqual(now.find(({ node }) => node === room.node)?.['app_keys'], { account: phone.device, channel: room.channel });
  });

  test('shows no token and no secret', slow, async () => {
    for (const args of [['--dry-run'], []]) {
      const { out, err } = await stage.run('--from', 'p2', dump, ...args);
      for (const hidden of [phone.token, phone.secret]) assert.ok(!`${out}${err}`.includes(hidden));
    }
  });

  test('a second time changes nothing', slow, async () => {
    const rows = await stage.rows();
    for (const args of [['--dry-run'], []]) {
      const { exitCode, out } = await stage.run('--from', 'p2', dump, ...args);
      assert.equal(exitCode, 0);
      assert.match(out, /^1202 registrations read: 0 (?:would be )?taken, 1202 there already, 0 not taken\.\n/);
    }
    assert.deepEqual(await stage.rows(), rows);
  });

  test('leaves the same phone with the same node and secret, before and after it registers again', slow, async () => {
    await stage.withApp(async (app) => {
      assert.equal(await publish(app, phone.node, phone.secret), 'result');
      assert.equal(await publish(app, room.node, room.secret), 'result');
      assert.equal(await publish(app, phone.node, 'another secret'), 'item-not-found');
      assert.equal(await publish(app, phone.node, undefined), 'item-not-found');
      const count = (await stage.rows()).length;
      for (const token of ['accept-anew', 'accept-anew-again']) {
        const answer = await app.ask(command('register-push-fcm', anna, { token, 'android-id': androidId }));
        assert.deepEqual([valueOf(answer, 'node'), valueOf(answer, 'secret')], [phone.node, phone.secret]);
        assert.equal(await publish(app, phone.node, phone.secret), 'result');
      }
      const rows = await stage.rows();
      const row = rows.find(({ node }) => node === phone.node);
      assert.deepEqual([rows.length, row?.['owner'], row?.['token']], [count, anna, 'accept-anew-again']);
    });
  });

  test('gives a registration to nobody but the account it is of', slow, async () => {
    await stage.withApp(async (app) => {
      const answer = await app.ask(command('register-push-fcm', 'eve@example.net', { token: 'accept-eve', 'android-id': androidId }));
      assert.ok(![phone.node, room.node].includes(valueOf(answer, 'node') ?? ''));
      assert.ok(![phone.secret, room.secret].includes(valueOf(answer, 'secret') ?? ''));
    });
  });

  test('is ended by a client that unregisters without having registered again', slow, async () => {
    await stage.withApp(async (app) => {
      const unregister = (owner: string) => command('unregister-push-fcm', owner, { 'android-id': androidId, channel: room.channel ?? '' });
      assert.match(await app.ask(unregister('eve@example.net')), /item-not-found/);
      assert.equal(await publish(app, room.node, room.secret), 'result');
      assert.match(await app.ask(unregister(anna)), /type="result"/);
      assert.equal(await publish(app, room.node, room.secret), 'item-not-found');
    });
  });

  test('believes a push service that calls a token dead since before the import', slow, async () => {
    const [target] = buildTargets(2).slice(1);
    const gone = await stage.withRegistry((registry) => registry.forget(fcm, target!.token, new Date('2020-01-01')));
    assert.deepEqual(gone.map(({ node }) => node), [target!.node]); // prettier-ignore
  });
});

describe('an import from p2 of what can’t be taken', () => {
  let stage: Stage;
  before(async () => void (stage = await createStage()));
  after(() => stage.close());

  test('says what, where and why, and takes the rest', slow, async () => {
    const wrong: Partial<Target>[] = [
      { service: 'gcm' },
      { service: 'wns' },
      { device: 'short' },
      { channel: 'short' },
      { domain: '' },
      { token: '' },
      { node: '' },
      { secret: '' },
    ];
    const rows = wrong.map((change, n) => ({ ...phone, device: hash(`${n}`), node: `node${n}`, ...change }));
    const dump = await stage.place('wrong.sql', dumpTargets([...rows, { ...phone, node: 'nul', token: 'a\0b' }, phone]));
    const { exitCode, out } = await stage.run('--from', 'p2', dump, '--dry-run');
    assert.equal(exitCode, 0);
    const first = 18;
    const at = (row: number): string => `      ${dump}:${first + row}`;
    assert.deepEqual(out.split('\n').slice(0, -1), [
      '10 registrations read: 1 would be taken, 0 there already, 9 not taken:',
      '  1 × registered for GCM, which Google ended in 2019',
      at(0), // prettier-ignore
      '  1 × its service is neither fcm nor apns',
      at(1), // prettier-ignore
      '  1 × its device is not 40 hexadecimal digits',
      at(2), // prettier-ignore
      '  1 × its channel is not 40 hexadecimal digits',
      at(3), // prettier-ignore
      '  1 × its domain is not one',
      at(4), // prettier-ignore
      '  1 × it has no token',
      at(5), // prettier-ignore
      '  1 × it has no node',
      at(6), // prettier-ignore
      '  1 × it has no secret',
      at(7), // prettier-ignore
      '  1 × a value has characters that none can have',
      at(8), // prettier-ignore
    ]);
  });

  test('names the first places of many, and counts the others', slow, async () => {
    const many = buildTargets(50).map((target) => ({ ...target, service: 'gcm' }));
    const { out } = await stage.run('--from', 'p2', await stage.place('many.sql', dumpTargets(many)), '--dry-run');
    assert.match(
      out,
      /^50 registrations read: 0 would be taken, 0 there already, 50 not taken:\n {2}50 × .*\n(?: {6}\S+\n){5} {6}and 45 more\n$/,
    );
  });

  test('takes nothing of a dump that was cut, and says so', slow, async () => {
    const dump = dumpTargets(buildTargets(3000));
    const { exitCode, err } = await stage.run('--from', 'p2', await stage.place('cut.sql', dump.slice(0, -5000)));
    assert.equal(exitCode, 1);
    assert.match(err, /^reveille import: \S+cut\.sql:\d+: the dump ends within a (?:value|statement): it was cut, make it again\n$/);
    assert.deepEqual(await stage.rows(), []);
  });

  test('refuses another layout of the table', slow, async () => {
    const dump = "CREATE TABLE target (id int, node text);\nINSERT INTO target VALUES (1,'a');\n";
    const { exitCode, err } = await stage.run('--from', 'p2', await stage.place('other.sql', dump));
    assert.equal(exitCode, 1);
    assert.match(err, /other\.sql:2: the table target has no column service, device, domain, token, secret: this is not p2's/);
  });

  test('takes nothing where the configuration has no provider for it', slow, async () => {
    const config = await stage.place('none.toml', readFileSync(stage.config, 'utf8').replace(/p2 = .*/, `p2 = { apns = "${apns}" }`));
    const dump = await stage.place('p2.sql', dumpTargets([phone]));
    const { exitCode, out } = await stage.run('--from', 'p2', dump, '--config', config, '--dry-run');
    assert.equal(exitCode, 0);
    assert.match(out, /1 × the configuration has no provider for it: \[dialects\] p2 = \{ fcm = "…" \}/);
  });

  test('leaves a phone alone that has registered anew under another node', slow, async () => {
    const dump = await stage.place('p2.sql', dumpTargets([phone, { ...phone, device: hash('x'), token: 'accept-other' }]));
    const { exitCode, out } = await stage.run('--from', 'p2', dump);
    assert.equal(exitCode, 0);
    assert.match(
      out,
      /^2 registrations read: 1 taken, 0 there already, 1 not taken:\n {2}1 × this phone has registered anew since, .*twice\n/,
    );
  });
});

describe('an import from p2 on a real MariaDB', { skip }, () => {
  let stage: Stage;
  let maria: MariaDb | undefined;
  before(async () => {
    stage = await createStage();
    maria = await startMariaDb();
    await maria.run('CREATE DATABASE p2;', 'USE p2;', createTarget);
    const inserts = [phone, ...buildTargets(500)].map(
      ({ service, device, domain, token, node, secret }) =>
        `INSERT INTO target (service,device,domain,token,node,secret) VALUES ('${[service, device, domain, token, node, secret].join("','")}');`,
    );
    await maria.run('USE p2;', ...inserts);
  });
  after(async () => {
    await maria?.close();
    await stage.close();
  });

  for (const [what, options] of [
    ['as it is', []],
    ['with column names', ['--complete-insert']],
    ['a row a statement', ['--skip-extended-insert']],
    ['without its comments', ['--compact']],
    ['binary columns in hexadecimal', ['--hex-blob']],
  ] as const)
    test(`reads its dump ${what}`, slow, async () => {
      const dump = join(stage.folder, 'real.sql');
      execFileSync('mariadb-dump', [...maria!.options, ...options, `--result-file=${dump}`, 'p2', 'target']);
      const { exitCode, out } = await stage.run('--from', 'p2', dump);
      assert.equal(exitCode, 0);
      assert.match(out, /^501 registrations read: \d+ taken, \d+ there already, 0 not taken\./);
      assert.equal((await stage.rows()).length, 501);
    });

  test('reads a living one through a pipe from mysqldump', slow, async () => {
    const command = `mariadb-dump ${maria!.options.join(' ')} p2 target | ${process.execPath} src/main.ts import --from p2 - --config ${stage.config}`;
    assert.match(
      execFileSync('sh', ['-c', command], { encoding: 'utf8' }),
      /^501 registrations read: 0 taken, 501 there already, 0 not taken\./,
    );
    await stage.withApp(async (app) => assert.equal(await publish(app, phone.node, phone.secret), 'result'));
  });
});
