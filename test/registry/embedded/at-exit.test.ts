import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startEmbedded } from '../../../src/registry/embedded/start-embedded.ts';
import { reveille } from '../../cli/reveille.ts';
import { createTestFolder } from '../../helpers/database/postgres.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { silent } from '../suites/registry-suite.ts';

const leaver = join(import.meta.dirname, 'leaver.ts');

let folder: string;
before(async () => void (folder = await createTestFolder()));
after(() => rm(folder, { recursive: true }));

/** Whatever works on a folder: the server, or what makes the cluster. */
function listWorkers(dataDir: string): string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && readCommand(pid).some((argument) => argument.startsWith(`${dataDir}/`)));
}

function readCommand(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // it ended
  }
}

for (const [way, exitCode] of [
  ['exits', 3],
  ['throws', 1],
  ['rejects', 1],
] as const) {
  // prettier-ignore
  test(`a process that ${way} without closing its database leaves no server behind`, async () => {
    const ended = await reveille([folder, way], {}, leaver);
    assert.deepEqual([ended.exitCode, ended.out], [exitCode, 'started\n']);
    await waitFor('the end of the server', () => listWorkers(folder).length === 0);
    assert.ok(!readdirSync(join(folder, 'postgres')).includes('postmaster.pid'), 'it stopped in order');
  });
}

for (const [what, event] of [
  ['makes', 'database-initialising'],
  ['starts', 'database-initialised'],
] as const) {
  // prettier-ignore
  test(`a process that ends while it ${what} its database leaves nothing running, and the next start is as any other`, async () => {
    const fresh = await createTestFolder();
    try {
      const ended = await reveille([fresh, 'exits', event], {}, leaver);
      assert.deepEqual([ended.exitCode, ended.out], [3, '']);
      await waitFor('the end of what it started', () => listWorkers(fresh).length === 0);
      await (await startEmbedded(fresh, silent)).close();
    } finally {
      await rm(fresh, { recursive: true });
    }
  });
}
