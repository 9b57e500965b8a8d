import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { runTool } from '../../scripts/release/run-tool.ts';
import { createTestFolder } from '../helpers/database/postgres.ts';
import { builtArchive } from './built.ts';

const limitMs = 60_000;
const nobody = 65_534;

/** The archive as an administrator has it: unpacked by tar, in a folder with a space in its name, which nobody may write to. */
export interface Unpacked {
  /** The administrator's own folder, in which the program's lies. */
  readonly folder: string;
  readonly program: string;
  /** In front of a command: without our environment, and where we are root as the user nobody. */
  readonly asNobody: readonly string[];
  /** A folder that this user owns. */
  createOwnFolder(name: string): Promise<string>;
  /** Runs a program with nothing in its environment, and resolves with what it printed on both; rejects where it fails. */
  run(program: string, ...args: string[]): Promise<{ readonly stdout: string; readonly stderr: string }>;
}

export async function unpackBuilt(): Promise<Unpacked> {
  const folder = await createTestFolder();
  const archive = await builtArchive();
  const place = join(folder, 'Program Files');
  await mkdir(place);
  await runTool('tar', ['-xJf', archive, '-C', place, '--no-same-owner']);
  const program = join(place, 'reveille');
  await rename(join(place, basename(archive, '.tar.xz')), program);
  await runTool('chmod', ['-R', 'a-w', program]);
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'] : [];
  return {
    folder,
    program,
    asNobody: ['setpriv', ...user, '--pdeathsig=TERM', 'env', '-i'],
    createOwnFolder: async (name) => {
      const own = join(folder, name);
      await mkdir(own);
      await chmod(own, 0o700);
      if (isRoot) await chown(own, nobody, nobody);
      return own;
    },
    run: (file, ...args) => promisify(execFile)(file, args, { env: {}, cwd: '/', timeout: limitMs }),
  };
}
