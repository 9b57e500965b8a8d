import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { openRegistry, type OpenRegistry } from '../../src/registry/open.ts';
import { createTestDatabase, createTestFolder } from '../helpers/database/postgres.ts';
import { buildDeferred } from './suites/deferred-pushes.ts';
import { listServers, runScript } from './embedded/processes.ts';
import { buildRegistration, eventually, silent } from './suites/registry-suite.ts';

const leaseMs = 1_000;

let folder: string;
before(async () => void (folder = await createTestFolder()));
after(() => rm(folder, { recursive: true }));

async function registerMany(registry: OpenRegistry, count: number) {
  return Promise.all(Array.from({ length: count }, () => registry.register(buildRegistration())));
}

test('what an instance had on lease when it was killed is claimed by another once the lease ends', async () => {
  const database = await createTestDatabase();
  const registry = await openRegistry({ url: database.url, dataDir: '/nonexistent', devicesPerOwner: 25 }, silent);
  try {
    const devices = await registerMany(registry, 20);
    const pushes = devices.map((device) => buildDeferred(device));
    await registry.deferred.put(pushes);
    const claimer = runScript('deferred-claimer.ts', [database.url, 'apns', String(leaseMs)]);
    const taken = new Set((await claimer.nextLine())?.split(' '));
    await claimer.kill('SIGKILL');
    assert.deepEqual(taken, new Set(pushes.map(({ id }) => id)));
    const again = new Set<string>();
    await eventually(async () => {
      for (const { id } of await registry.deferred.claim('apns', 100, 60_000)) again.add(id);
      return again.size === taken.size;
    }, 'the end of the leases');
    assert.deepEqual(again, taken);
  } finally {
    await registry.close();
    await database.close();
  }
});

test('after kill -9 of the embedded server in the middle of puts, every acknowledged push is there', async () => {
  const registry = await openRegistry({ url: undefined, dataDir: folder, devicesPerOwner: 25 }, silent);
  try {
    const pushes = (await registerMany(registry, 500)).map((device) => buildDeferred(device));
    const acknowledged: string[] = [];
    const puts = pushes.map(async (push) => {
      await registry.deferred.put([push]);
      acknowledged.push(push.id);
      if (acknowledged.length === 100) for (const pid of listServers(folder)) process.kill(pid, 'SIGKILL');
    });
    await Promise.allSettled(puts);
    assert.ok(acknowledged.length >= 100 && acknowledged.length < 500, `${acknowledged.length} were acknowledged`);
    const found = new Set<string>();
    await eventually(() => claimAll(registry, found), 'the server is started again');
    assert.deepEqual(
      acknowledged.filter((id) => !found.has(id)),
      [],
    );
  } finally {
    await registry.close();
  }
});

/** True once the database answered and nothing is left. */
async function claimAll(registry: OpenRegistry, found: Set<string>): Promise<boolean> {
  try {
    for (;;) {
      const claimed = await registry.deferred.claim('apns', 100, 60_000);
      for (const { id } of claimed) found.add(id);
      if (claimed.length === 0) return true;
    }
  } catch {
    // It is down for a moment; the next claim finds it.
    return false;
  }
}
