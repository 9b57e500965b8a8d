// Room: reveille backup and restore. In: options. Out: a file, or a filled database. May enter: cli.
import { loadConfig } from '../../config/reading/load-config.ts';
import { createLog } from '../../log/log.ts';
import { type TakenBackup, takeBackup } from '../../registry/backup/take-backup.ts';
import { openExisting } from '../../registry/open-existing.ts';
import { type BackupOptions, explainPath, parseBackupOptions } from './options.ts';
import { describeRows, watchCommand } from './watch.ts';

/**
 * `reveille backup`: writes everything the database holds into a file, beside a running `serve` or without one. Settles
 * with 0; rejects, with no file made or changed, where the database can't be had or the file not be written.
 */
export async function backup(args: readonly string[]): Promise<number> {
  const options = parseBackupOptions(args, 'to');
  const { rows, bytes } = await take(options).catch((error: unknown) => {
    throw explainPath(error, options, 'to');
  });
  process.stdout.write(`${describeRows(rows)} written to ${options.path} (${bytes} bytes).\n`);
  return 0;
}

async function take({ config: file, path }: BackupOptions): Promise<TakenBackup> {
  const config = loadConfig(file);
  const watch = watchCommand('backup');
  const database = await openExisting(config.database, createLog('warn', process.stderr));
  if (database === undefined) throw new Error(`there is no database yet in ${config.database.dataDir}`);
  try {
    return await takeBackup(database, path, watch);
  } finally {
    watch.finish();
    await database.close();
  }
}
