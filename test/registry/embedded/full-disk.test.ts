import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { examineSpace } from '../../../src/doctor/database/data-folder.ts';
import { createLog } from '../../../src/log/log.ts';
import { openRegistry, type OpenRegistry } from '../../../src/registry/open.ts';
import { DatabaseUnavailable } from '../../../src/registry/registry.ts';
import { apns, startTestApp } from '../../helpers/app.ts';
import { ask } from '../../helpers/database/postgres.ts';
import { listServers } from './processes.ts';
import { buildRegistration, eventually, find, silent } from '../suites/registry-suite.ts';
import { mountSmallDisk, smallDiskOrSkip, type SmallDisk } from './small-disk.ts';

const diskMebibytes = 160;
const skip = await smallDiskOrSkip();

describe('the embedded database on a full disk', { skip }, () => {
  let disk: SmallDisk;
  beforeEach(async () => void (disk = await mountSmallDisk(diskMebibytes)));
  afterEach(async () => {
    assert.deepEqual(listServers(disk.folder), [], 'no server is left behind');
    await disk.close();
  });

  const open = (lines: string[] = []): Promise<OpenRegistry> =>
    openRegistry(
      { url: undefined, dataDir: disk.folder, devicesPerOwner: 25 },
      createLog('info', { write: (line: string) => lines.push(line) }),
    );
  const url = (): string => `postgresql://reveille@localhost/reveille?host=${encodeURIComponent(join(disk.folder, 'socket'))}`;
  const count = (lines: readonly string[], event: string): number => lines.filter((line) => line.includes(`"event":"${event}"`)).length;

  test('what must be written rejects as unavailable, what is read goes on, and all is well once there is room', async () => {
    const lines: string[] = [];
    const registry = await open(lines);
    try {
      const device = await registry.register(buildRegistration());
      disk.fill();
      // Pages that are there already have room for a few rows.
      const large = () => registry.register(buildRegistration({ token: 'x'.repeat(2_000) }));
      await eventually(() => rejects(large), 'a registration that finds no room');
      await assert.rejects(large(), DatabaseUnavailable);
      assert.deepEqual(await find(registry, device), device);
      await eventually(() => rejects(() => registry.ping()), 'the full disk is seen');
      await assert.rejects(registry.ping(), {
        name: 'DatabaseUnavailable',
        message: /^disk full: \d+ bytes \(0 MiB\) free in .*: make room/,
      });
      disk.free();
      await eventually(
        () =>
          registry.ping().then(
            () => true,
            () => false,
          ),
        'the database is well',
      );
      await registry.register(buildRegistration());
    } finally {
      await registry.close();
    }
    assert.deepEqual([count(lines, 'disk-full'), count(lines, 'disk-low')], [1, 1], 'each is said once');
    assert.ok(lines.some((line) => line.includes('disk-full') && line.includes(disk.folder) && line.includes('make room')));
  });

  test('a server that ends because its log finds no room is started again by itself, and has lost nothing', async () => {
    const lines: string[] = [];
    const registry = await open(lines);
    try {
      const devices = await Promise.all(Array.from({ length: 50 }, () => registry.register(buildRegistration())));
      const [known] = devices;
      await find(registry, known!);
      disk.fill();
      for (const text of ['SELECT pg_switch_wal()', 'SELECT txid_current()', 'SELECT pg_switch_wal()', 'SELECT txid_current()']) {
        await ask(url(), text).catch(() => undefined);
      }
      await eventually(() => count(lines, 'database-not-restarted') > 0, 'a start that finds no room');
      assert.deepEqual(await find(registry, known!), known, 'a device in memory needs no database');
      await assert.rejects(registry.register(buildRegistration()), DatabaseUnavailable);
      disk.free();
      await eventually(
        () =>
          registry.ping().then(
            () => true,
            () => false,
          ),
        'the database is back',
      );
      const found = await Promise.all(devices.map((device) => find(registry, device)));
      assert.equal(found.filter((device) => device === undefined).length, 0);
    } finally {
      await registry.close();
    }
    assert.deepEqual(
      ['database-ended', 'database-not-restarted'].map((event) => count(lines, event)),
      [1, 1],
      'no flood',
    );
    assert.ok(
      lines.some((line) => line.includes('"reason":"the disk is full"')),
      lines.join(''),
    );
  });

  test('a running Reveille goes on pushing to known devices, answers wait to the others, and says so at /readyz', async () => {
    const app = await startTestApp({ database: { dataDir: join(disk.folder, 'data') }, delivery: { updateIntervalMs: 0 } });
    try {
      const node = await app.register('accept-1');
      const publish = (id: string, to: string): Promise<string> =>
        app.ask(
          `<iq type='set' id='${id}' from='example.net' to='push.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${to}'><item/></publish></pubsub></iq>`,
        );
      assert.match(await publish('before', node), /type="result"/);
      disk.fill();
      const register = async (n: number): Promise<string> => {
        const request = `<iq type='set' id='full${n}' from='anna${n}@example.net/a' to='push.test'><command xmlns='http://jabber.org/protocol/commands' node='register-device'><x xmlns='jabber:x:data' type='submit'><field var='provider'><value>${apns}</value></field><field var='device-token'><value>accept-${'x'.repeat(1_000)}</value></field></x></command></iq>`;
        return app.ask(request);
      };
      let answer = '';
      for (let n = 0; n < 100 && !answer.includes('type="error"'); n += 1) answer = await register(n);
      assert.match(answer, /<error type="wait"><internal-server-error/);
      assert.match(await publish('full', node), /type="result"/);
      const readyz = async (): Promise<{ database: string; status: number }> => {
        const response = await fetch(`http://127.0.0.1:${app.app.httpPort}/readyz`);
        return { database: ((await response.json()) as { database: string }).database, status: response.status };
      };
      const space = await examineSpace(join(disk.folder, 'data'));
      assert.deepEqual([space.verdict, space.found], ['failed', '0 MiB'], 'doctor says it');
      await eventually(async () => (await readyz()).database.startsWith('disk full: '), '/readyz says it');
      assert.equal((await readyz()).status, 503);
      disk.free();
      await eventually(async () => (await readyz()).status === 200, '/readyz is well');
      assert.match(await publish('after', node), /type="result"/);
    } finally {
      await app.close();
    }
  });

  test('a start without room is refused with folder and free bytes, and succeeds once there is room', async () => {
    disk.fill();
    const refusal = new RegExp(`^disk full: \\d+ bytes \\(\\d+ MiB\\) free in ${disk.folder}`);
    await assert.rejects(open(), { message: refusal });
    disk.free();
    const registry = await open();
    const device = await registry.register(buildRegistration());
    await registry.close();
    disk.fill();
    await assert.rejects(open(), { message: refusal });
    disk.free();
    const again = await open();
    try {
      assert.deepEqual(await find(again, device), device);
    } finally {
      await again.close();
    }
  });

  test('an initialisation that runs out of room half way leaves nothing in the way of the next', async () => {
    const tight = await mountSmallDisk(24);
    try {
      await assert.rejects(openRegistry({ url: undefined, dataDir: tight.folder, devicesPerOwner: 25 }, silent), /disk full/);
      assert.equal(existsSync(join(tight.folder, 'postgres')), false);
    } finally {
      await tight.close();
    }
  });
});

async function rejects(work: () => Promise<unknown>): Promise<boolean> {
  return work().then(
    () => false,
    () => true,
  );
}
