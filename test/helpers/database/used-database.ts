import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const main = join(import.meta.dirname, '../../../src/main.ts');
const config =
  '[component]\njid = "push.test"\nserver = "127.0.0.1:1"\nsecret = "s"\n[database]\ndata-dir = "data"\n[providers.a]\nuse = "log"\n';

/** How `npm test` tells where there is a folder for one. */
export const usedDatabaseVariable = 'TEST_USED_DATABASE';

/**
 * Lays an embedded database without registrations where Reveille will look for its own, for tests that are not about its first start: making
 * one takes longer than all else that a start does. Under `npm test` it is made once for all of them; elsewhere nothing is laid.
 */
export async function layUsedDatabase(dataDir: string): Promise<void> {
  const folder = process.env[usedDatabaseVariable];
  if (folder === undefined) return;
  if (!existsSync(join(folder, 'done'))) {
    // Whoever comes second finds it done. The kernel gives the lock back when its holder ends, however it does.
    const script = 'cd "$1"; test -e done || { printf %s "$4" > reveille.toml && "$2" "$3" migrate --config reveille.toml && touch done; }';
    await run('flock', ['--wait', '100', join(folder, 'lock'), 'sh', '-c', script, 'sh', folder, process.execPath, main, config]);
  }
  await run('cp', ['-a', join(folder, 'data'), dataDir]);
}

/** A new cluster of Debian's PostgreSQL at `cluster`: as `make` makes it there, or under `npm test` a copy of the first one that was made. */
export async function layCluster(cluster: string, make: () => Promise<void>): Promise<void> {
  const folder = process.env[usedDatabaseVariable];
  const model = folder === undefined ? undefined : join(folder, 'cluster');
  if (model !== undefined && existsSync(model)) {
    await run('cp', ['-a', model, cluster]);
    return;
  }
  await make();
  if (model === undefined) return;
  const copy = `${model}.${process.pid}`;
  await run('cp', ['-a', cluster, copy]);
  // Somebody else's may have come first.
  await rename(copy, model).catch(() => rm(copy, { recursive: true, force: true }));
}
