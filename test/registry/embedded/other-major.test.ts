import assert from 'node:assert/strict';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkBackup, restoreBackup } from '../../../src/registry/backup/restore-backup.ts';
import { takeBackup } from '../../../src/registry/backup/take-backup.ts';
import { openExisting } from '../../../src/registry/open-existing.ts';
import { openDatabase, openRegistry, type OpenRegistry } from '../../../src/registry/open.ts';
import { createPostgres } from '../../../src/registry/postgres/postgres.ts';
import { withoutDebian } from '../../helpers/database/debian.ts';
import { createTestFolder, startDebianPostgres } from '../../helpers/database/postgres.ts';
import { buildRegistration, find, silent } from '../suites/registry-suite.ts';
import { listServers } from './processes.ts';

const watch = { signal: new AbortController().signal, onProgress: () => undefined };
const open = (place: { url?: string; dataDir?: string }): Promise<OpenRegistry> =>
  openRegistry({ url: place.url, dataDir: place.dataDir ?? '/nonexistent', devicesPerOwner: 25 }, silent);

/** Debian's PostgreSQL stands for the one that an older Reveille brought. */
test(
  'a data folder that an older PostgreSQL made is refused with the way out, stays as it is, and that way works',
  { skip: withoutDebian, timeout: 180_000 },
  async () => {
    const dataDir = await createTestFolder();
    const cluster = join(dataDir, 'postgres');
    const backup = join(dataDir, 'before.backup');
    try {
      const old = await startDebianPostgres();
      const url = old.urlOf('postgres');
      const registry = await open({ url });
      const device = await registry.register(buildRegistration());
      await registry.close();
      const database = createPostgres(url, silent);
      await takeBackup(database, backup, watch);
      await database.close();
      await old.stop();
      await rename(join(new URL(url).searchParams.get('host') ?? '', 'cluster'), cluster);
      await old.close();

      const made = (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
      const before = await stateOf(cluster);
      const place = { url: undefined, dataDir };
      for (const meet of [() => open({ dataDir }), () => openExisting(place, silent)]) {
        await assert.rejects(meet(), (error: Error) => {
          assert.match(
            error.message,
            new RegExp(
              `made by PostgreSQL ${made}, and this Reveille brings \\d+: back it up with the Reveille that made it, then restore it`,
            ),
          );
          assert.match(error.message, /nothing in it was changed/);
          return true;
        });
      }
      assert.deepEqual(await stateOf(cluster), before);
      assert.deepEqual(listServers(dataDir), []);

      await rename(cluster, join(dataDir, 'postgres.old'));
      const fresh = await openDatabase(place, silent);
      await restoreBackup(fresh, backup, await checkBackup(backup, watch.signal), watch);
      await fresh.close();
      const renewed = await open({ dataDir });
      assert.deepEqual(await find(renewed, device), device);
      await renewed.close();
    } finally {
      await rm(dataDir, { recursive: true });
    }
  },
);

/** Its files by name, and the one that every start writes. */
async function stateOf(cluster: string): Promise<object> {
  const names = (await readdir(cluster, { recursive: true })).sort();
  return { names, control: await readFile(join(cluster, 'global/pg_control')) };
}
