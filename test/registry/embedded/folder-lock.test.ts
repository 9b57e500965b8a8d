import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { lockFolder } from '../../../src/registry/embedded/folder/lock.ts';
import { identifyProcess } from '../../../src/registry/embedded/process/identity.ts';
import { createTestFolder } from '../../helpers/database/postgres.ts';
import { runScript } from './processes.ts';

let folder: string;
beforeEach(async () => void (folder = await createTestFolder()));
afterEach(() => rm(folder, { recursive: true }));

test('of many that take over the lock of a dead process, one gets it and the others are told its pid', async () => {
  for (let round = 0; round < 3; round += 1) {
    const contenders = Array.from({ length: 6 }, () => runScript('contender.ts', [folder]));
    try {
      const lines = await Promise.all(contenders.map((contender) => contender.nextLine()));
      const winner = contenders[lines.indexOf('locked')];
      assert.equal(lines.filter((line) => line === 'locked').length, 1, `round ${round}`);
      const refusals = lines.filter((line) => line !== 'locked');
      for (const line of refusals) assert.match(line ?? '', new RegExp(`pid ${winner?.pid}\\)`));
    } finally {
      // Killed, so that the next round finds the lock of a dead process.
      await Promise.all(contenders.map((contender) => contender.kill('SIGKILL')));
    }
  }
});

test('a pid that was given to another process since does not hold the lock', () => {
  writeFileSync(join(folder, 'reveille.lock.7'), JSON.stringify({ pid: process.pid, startedAt: 'an earlier boot 12345' }));
  lockFolder(folder).release();
  assert.deepEqual(readdirSync(folder), ['reveille.lock.8'], 'numbers only grow');
});

test('a damaged lock file is taken over', () => {
  writeFileSync(join(folder, 'reveille.lock.1'), '{"pid":');
  lockFolder(folder).release();
});

test('a living process is identified by its start, a dead one not at all', () => {
  assert.deepEqual(identifyProcess(process.pid), identifyProcess(process.pid));
  assert.equal(identifyProcess(2 ** 22 + 1), undefined);
});
