// Room: the data folder: whose it is, locked, filled, and its disk. In: a path. Out: a cluster that may be started, or why not. May enter:
// embedded, doctor, cli.
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runProgram } from '../process/run-program.ts';
import type { ServerUser } from '../process/run-program.ts';

const limitMs = 20_000;

/** Creates the folder where missing; resolves with its real path, or rejects with what an administrator can do. */
export async function prepareDataFolder(dataDir: string): Promise<string> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const folder = await realpath(dataDir);
    const probe = join(folder, `reveille.probe.${randomUUID()}`);
    await writeFile(probe, '');
    await rm(probe);
    return folder;
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new Error(
      `can't write to database.data-dir ${dataDir} (${reason}): make it writable for the user that Reveille runs as, or choose another`,
      { cause: error },
    );
  }
}

/** Lets the server's user pass through the folder; what lies in it is private by its own modes. */
export async function openPassage(folder: string, user: ServerUser | undefined): Promise<void> {
  if (user === undefined) return;
  const { mode } = await stat(folder);
  await chmod(folder, (mode & 0o7777) | 0o011);
  if (await canEnter(folder, user)) return;
  const barrier = await findBarrier(folder, user);
  throw new Error(
    `Reveille runs as root, so its PostgreSQL runs as uid ${user.uid}, which can't pass ${barrier}: ` +
      `choose a database.data-dir elsewhere, let it pass (chmod o+x ${barrier}), or run Reveille as an ordinary user`,
  );
}

/** The outermost folder on the way that is closed to the user. */
async function findBarrier(folder: string, user: ServerUser): Promise<string> {
  const parent = dirname(folder);
  return parent === folder || (await canEnter(parent, user)) ? folder : findBarrier(parent, user);
}

async function canEnter(folder: string, user: ServerUser): Promise<boolean> {
  const { code } = await runProgram('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], user, limitMs);
  return code === 0;
}
