import { chmod, lutimes, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Gives all below a folder, and itself, one of two modes and one time, so that only names and contents tell trees apart. */
export async function tidy(folder: string, epochSeconds: number): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await tidy(path, epochSeconds);
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o100) === 0 ? 0o644 : 0o755);
    if (!entry.isDirectory()) await lutimes(path, epochSeconds, epochSeconds);
  }
  await chmod(folder, 0o755);
  await lutimes(folder, epochSeconds, epochSeconds);
}
