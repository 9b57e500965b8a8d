import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from '../process/binaries.ts';
import { runProgram } from '../process/run-program.ts';
import type { ServerUser } from '../process/run-program.ts';

const limitMs = 20_000;
const controlFile = 'global/pg_control';
/** PG_CONTROL_FILE_SIZE, the same in every version. */
const controlBytes = 8_192;
/** Without these nothing starts. https://www.postgresql.org/docs/current/storage-file-layout.html */
const essential = ['base', 'global', 'pg_wal', 'pg_xact', controlFile];
const groupWriteAndOthers = 0o027;
const damageAdvice = 'nothing in it was changed. Move it away and restore a backup (docs/database.md, "Damage")';

/**
 * Rejects where the folder can't be the cluster that was made here, in words that say what to do; changes nothing. What
 * only PostgreSQL itself can tell, it tells when it starts.
 */
export async function examineCluster(cluster: string, binaries: Binaries, user: ServerUser | undefined): Promise<void> {
  const found = await stat(cluster);
  if (!found.isDirectory()) throw new Error(`${cluster} is not a folder: move it away, or choose another database.data-dir`);
  const entries = await readdir(cluster);
  refuseForeign(cluster, entries);
  await refuseOtherMajor(cluster, binaries, user);
  await refuseIncomplete(cluster);
  refuseUnreachable(cluster, found, user);
}

function refuseForeign(cluster: string, entries: readonly string[]): void {
  if (['PG_VERSION', 'base', 'global', 'pg_wal'].some((name) => entries.includes(name))) return;
  throw new Error(
    entries.length === 0
      ? `${cluster} is empty: is its disk mounted? If there is nothing to come, remove the folder, and a new database is made`
      : `${cluster} holds something else than a database (${entries.slice(0, 3).join(', ')}): move it away, or choose another database.data-dir`,
  );
}

async function refuseOtherMajor(cluster: string, { postgres }: Binaries, user: ServerUser | undefined): Promise<void> {
  const made = await readMajor(cluster);
  const { output } = await runProgram(postgres, ['--version'], user, limitMs);
  const ours = Number(/(\d+)/.exec(output)?.[1]);
  if (made === ours) return;
  throw new Error(
    `${cluster} was made by PostgreSQL ${made}, and this Reveille brings ${ours}: back it up with the Reveille that made it, ` +
      'then restore it with this one (docs/database.md, "Another major version"); nothing in it was changed',
  );
}

async function readMajor(cluster: string): Promise<number> {
  const text = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(explainMissing);
  const major = Number(text?.trim());
  if (Number.isSafeInteger(major) && major > 0) return major;
  throw new Error(`${cluster} is damaged: its file PG_VERSION is ${text === undefined ? 'missing' : 'unreadable'}; ${damageAdvice}`);
}

async function refuseIncomplete(cluster: string): Promise<void> {
  for (const name of essential) {
    const found = await stat(join(cluster, name)).catch(explainMissing);
    if (found === undefined) throw new Error(`${cluster} is damaged: ${name} is missing; ${damageAdvice}`);
    if (name === controlFile && found.size !== controlBytes) {
      throw new Error(`${cluster} is damaged: ${name} has ${found.size} bytes instead of ${controlBytes}; ${damageAdvice}`);
    }
  }
}

/** A folder that was copied back as root, or with the modes of another place, is refused by PostgreSQL without saying how to mend it. */
function refuseUnreachable(cluster: string, { uid, mode }: { uid: number; mode: number }, user: ServerUser | undefined): void {
  const runsAs = user?.uid ?? process.getuid?.() ?? uid;
  if (uid !== runsAs) throw new Error(`${cluster} belongs to uid ${uid}, and its PostgreSQL runs as uid ${runsAs}: chown -R ${runsAs} it`);
  if ((mode & groupWriteAndOthers) === 0) return;
  throw new Error(`${cluster} is open to others (mode ${(mode & 0o777).toString(8)}), which PostgreSQL refuses: chmod 700 it`);
}

function explainMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
