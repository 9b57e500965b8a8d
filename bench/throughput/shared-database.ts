import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDatabase } from '../chaos/world/database.ts';
import { findEmbedded, type SharedDatabase } from './subject.ts';

/** The packaged PostgreSQL on a folder of its own, for several processes. Left to `cleanUp`. */
export async function openShared(cleanUp: AsyncDisposableStack): Promise<SharedDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-bench-'));
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755); // As root, it runs as a user of its own.
  const data = join(folder, 'data');
  mkdirSync(data);
  const database = await startDatabase(data);
  cleanUp.defer(() => database.close());
  return findEmbedded(join(data, 'postgres'));
}
