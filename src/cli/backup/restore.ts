import { loadConfig } from '../../config/reading/load-config.ts';
import { createLog } from '../../log/log.ts';
import type { RowCounts } from '../../registry/backup/format.ts';
import { type CheckedBackup, checkBackup, restoreBackup } from '../../registry/backup/restore-backup.ts';
import { openDatabase } from '../../registry/open.ts';
import { type BackupOptions, explainPath, parseBackupOptions } from './options.ts';
import { type CommandWatch, describeRows, watchCommand } from './watch.ts';

/**
 * `reveille restore`: fills an empty database with what a backup holds; where there is none yet, the embedded one is made.
 * Settles with 0; rejects where the backup is not whole or the database not empty, and then nothing has changed.
 */
export async function restore(args: readonly string[]): Promise<number> {
  const options = parseBackupOptions(args, 'from');
  const config = loadConfig(options.config);
  const watch = watchCommand('restore');
  // Read once before anything is touched.
  const checked = await checkBackup(options.path, watch.signal).catch((error: unknown) => {
    throw explainPath(error, options, 'from');
  });
  const rows = await fill(config.database, options, checked, watch);
  const expired = checked.rows.deferred - rows.deferred;
  const left = expired === 0 ? '' : ` ${expired} waiting pushes had expired and were left out.`;
  process.stdout.write(`${describeRows(rows)} restored, as of ${checked.header.takenAt}.${left}\n`);
  return 0;
}

async function fill(
  place: Parameters<typeof openDatabase>[0],
  { path }: BackupOptions,
  checked: CheckedBackup,
  watch: CommandWatch,
): Promise<RowCounts> {
  const database = await openDatabase(place, createLog('warn', process.stderr));
  try {
    return await restoreBackup(database, path, checked, watch);
  } finally {
    watch.finish();
    await database.close();
  }
}
