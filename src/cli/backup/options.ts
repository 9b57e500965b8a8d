import { parseOptions } from '../line/arguments.ts';
import { UsageError } from '../line/usage-error.ts';

export interface BackupOptions {
  readonly config: string;
  readonly path: string;
}

/** The command lines of `reveille backup` and `reveille restore`. Throws a UsageError where one is not understood. */
export function parseBackupOptions(args: readonly string[], place: 'to' | 'from'): BackupOptions {
  const { config, [place]: path } = parseOptions(args, { config: { type: 'string' }, [place]: { type: 'string' } });
  if (typeof config !== 'string' || config === '') throw new UsageError('--config FILE is missing');
  if (typeof path !== 'string' || path === '') throw new UsageError(`--${place} PATH is missing`);
  return { config, path };
}

/** A path that leads nowhere is a mistake of the command line; anything else stays what it is. */
export function explainPath(error: unknown, { path }: BackupOptions, place: 'to' | 'from'): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) return error;
  return new UsageError(`--${place} ${path}: there is no such ${place === 'to' ? 'folder' : 'file'}`, { cause: error });
}
