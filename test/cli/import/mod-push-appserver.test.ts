import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { apns, fcm, push } from '../../helpers/app.ts';
import { serverOrSkip } from '../../servers/server-or-skip.ts';
import { createStage, publish, slow, type Stage } from './stage.ts';

const skip = await serverOrSkip(['prosody']);
const secret = '384e51b4b2d5e4758e5dc342b22dea9217212f2c4886e2a3dcf16f3eb0eb3807';
const phone = 'E0FF1D8C-EB96-4E10-A912-F68B03FD8D3E';

/** As Prosody's own storage writes it: keys in any order, a file a node, its name percent-encoded. */
const dataFile = (node: string, type: string, token: string): string =>
  `return {\n\t["token"] = "${token}";\n\t["renewed"] = "2017-03-18T02:54:51Z";\n\t["registered"] = "2017-03-17T02:10:21Z";\n\t["type"] = "${type}";\n\t["node"] = "${node}";\n\t["secret"] = "${secret}";\n};\n`;

/** The same by Prosody's data manager. */
const script = `
package.path = "/usr/lib/prosody/?.lua;" .. package.path
package.cpath = "/usr/lib/prosody/?.so;" .. package.cpath
local data = require "util.datamanager"
data.set_data_path(arg[1])
for n = 1, 300 do
  local node = n == 1 and "${phone}" or "device/" .. n .. " ä"
  assert(data.store(node, "push.test", "push_appserver", {
    type = n % 2 == 1 and "apns" or "fcm", node = node, secret = "${secret}", token = "accept-" .. n .. '"\\\\',
    registered = "2017-03-17T02:10:21Z", last_successful_push = "2017-03-18T03:54:24Z" }))
end
`;

describe('an import from mod_push_appserver', () => {
  let stage: Stage;
  let data: string;
  let store: string;

  before(async () => {
    stage = await createStage();
    data = join(stage.folder, 'prosody');
    store = join(data, 'push%2etest', 'push_appserver');
    mkdirSync(store, { recursive: true });
    mkdirSync(join(data, 'example%2enet', 'accounts'), { recursive: true });
    writeFileSync(join(store, 'E0FF1D8C%2dEB96.dat'), dataFile(phone, 'apns', 'accept-DEADBEEF'));
    writeFileSync(join(store, '92afd7a91cdba9a0.dat'), dataFile('92afd7a91cdba9a0', 'fcm', 'accept-fcm').replaceAll('\n', '\r\n'));
  });
  after(() => stage.close());

  test('takes what lies in the data folder of Prosody, with node, secret and date', slow, async () => {
    const { exitCode, out, err } = await stage.run('--from', 'mod_push_appserver', data);
    assert.deepEqual([exitCode, err], [0, '']);
    assert.match(out, /^2 registrations read: 2 taken, 0 there already, 0 not taken\.\n/);
    const row = (await stage.rows()).find(({ node }) => node === phone);
    assert.deepEqual(
      [row?.['provider'], row?.['secret'], row?.['dialect'], row?.['registered_at']],
      [apns, secret, 'mod_push_appserver', new Date('2017-03-18T02:54:51Z')],
    );
  });

  test('changes nothing the second time, by whichever folder', slow, async () => {
    const rows = await stage.rows();
    for (const folder of [data, join(data, 'push%2etest'), store]) {
      const { out } = await stage.run('--from', 'mod_push_appserver', folder);
      assert.match(out, /^2 registrations read: 0 taken, 2 there already, 0 not taken\.\n/);
    }
    assert.deepEqual(await stage.rows(), rows);
  });

  test('leaves the same phone with the same node and secret', slow, async () => {
    await stage.withApp(async (app) => {
      assert.equal(await publish(app, phone, secret), 'result');
      assert.equal(await publish(app, phone, 'another'), 'item-not-found');
      assert.equal(await publish(app, phone, undefined, push), 'item-not-found');
      const post = async (path: string, fields: Record<string, string>): Promise<string> => {
        const url = `http://127.0.0.1:${app.app.httpPort}/push_appserver/v1/${path}`;
        return (await fetch(url, { method: 'POST', body: new URLSearchParams(fields) })).text();
      };
      assert.equal(await post('push', { node: phone, secret }), `OK\n${phone}`);
      const count = (await stage.rows()).length;
      assert.equal(await post('register', { type: 'apns', node: phone, token: 'accept-DEADBEEF' }), `OK\n${phone}\n${secret}`);
      assert.equal((await stage.rows()).length, count);
      assert.equal(await publish(app, phone, secret), 'result');
    });
    const row = (await stage.rows()).find(({ node }) => node === phone);
    assert.match(String(row?.['owner']), /^[0-9a-f]{32}@push\.test$/);
  });

  test('reports files that are broken, and takes the others', slow, async () => {
    const broken = join(stage.folder, 'broken', 'push_appserver');
    mkdirSync(broken, { recursive: true });
    const good = dataFile('good', 'fcm', 'accept-good');
    const files: Record<string, string | Buffer> = {
      'good.dat': good,
      'cut.dat': good.slice(0, 60),
      'code.dat': 'return os.execute("touch /tmp/it-ran");\n',
      'latin.dat': Buffer.from(good.replace('good', 'g\u00e4'), 'latin1'),
      'wide.dat': Buffer.from(`\ufeff${good}`, 'utf16le'),
      'empty.dat': '',
      'other.dat': 'return {\n};\n',
      'settings.list': 'item({});\n',
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(broken, name), content);
    const { exitCode, out } = await stage.run('--from', 'mod_push_appserver', broken);
    assert.equal(exitCode, 0);
    assert.match(out, /^7 registrations read: 1 taken, 0 there already, 6 not taken:\n/);
    for (const place of ['cut.dat:3', 'code.dat:1', 'latin.dat:1', 'wide.dat:1', 'empty.dat:1', 'other.dat:1'])
      assert.ok(out.includes(`      ${join(broken, place)}\n`), `${place} in ${out}`);
    assert.ok(!out.includes('it-ran'));
    assert.throws(() => readFileSync('/tmp/it-ran'));
  });

  test('refuses a folder that has no such store, or several', slow, async () => {
    const none = await stage.run('--from', 'mod_push_appserver', stage.folder.replace(/\/[^/]+$/, '/'));
    assert.equal(none.exitCode, 1);
    mkdirSync(join(data, 'other%2etest', 'push_appserver'), { recursive: true });
    const { exitCode, err } = await stage.run('--from', 'mod_push_appserver', data);
    assert.equal(exitCode, 1);
    assert.match(err, /several hosts have a folder push_appserver, name one of them: \S+%2etest, \S+%2etest/);
  });
});

describe("an import from mod_push_appserver in Prosody's own storage", { skip }, () => {
  let stage: Stage;
  before(async () => void (stage = await createStage()));
  after(() => stage.close());

  test('takes what Prosody wrote', slow, async () => {
    const data = join(stage.folder, 'data');
    mkdirSync(data);
    execFileSync('lua5.4', [await stage.place('store.lua', script), data]);
    assert.equal(readdirSync(join(data, 'push%2etest', 'push_appserver')).length, 300);
    const { exitCode, out } = await stage.run('--from', 'mod_push_appserver', data);
    assert.equal(exitCode, 0);
    assert.match(out, /^300 registrations read: 300 taken, 0 there already, 0 not taken\.\n/);
    const rows = await stage.rows();
    assert.deepEqual(rows.find(({ node }) => node === 'device/2 ä')?.['token'], 'accept-2"\\');
    assert.equal(rows.filter(({ provider }) => provider === fcm).length, 150);
    await stage.withApp(async (app) => assert.equal(await publish(app, 'device/2 ä', secret), 'result'));
  });
});
