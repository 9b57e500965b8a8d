import { appendFileSync, rmSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../../../src/registry/embedded/process/run-program.ts';
import { createTestFolder } from '../../helpers/database/postgres.ts';

const limitMs = 10_000;
const isFull = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOSPC';

/** A file system of its own, which can be full without harm to anybody. */
export interface SmallDisk {
  readonly folder: string;
  /** To the last block. */
  fill(): void;
  free(): void;
  close(): Promise<void>;
}

/** Why none can be mounted here; false where it can. In CI nothing is skipped in silence: then it rejects. */
export async function smallDiskOrSkip(): Promise<string | false> {
  const disk = await mountSmallDisk(1).catch(String);
  if (typeof disk !== 'string') {
    await disk.close();
    return false;
  }
  if (process.env['CI'] !== undefined) throw new Error(disk);
  process.stderr.write(`skipped: ${disk}\n`);
  return disk;
}

export async function mountSmallDisk(mebibytes: number): Promise<SmallDisk> {
  const folder = await createTestFolder();
  const ballast = join(folder, 'ballast');
  const options = ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0711`, 'tmpfs', folder];
  const { code, output } = await runProgram('mount', options, undefined, limitMs);
  if (code !== 0) {
    await rm(folder, { recursive: true });
    throw new Error(`needs to mount a small disk: ${output}`);
  }
  await chmod(folder, 0o711);
  return {
    folder,
    fill: () => {
      for (const bytes of [1024 * 1024, 4096, 1]) append(ballast, bytes);
    },
    free: () => rmSync(ballast, { force: true }),
    close: async () => {
      await runProgram('umount', [folder], undefined, limitMs);
      await rm(folder, { recursive: true });
    },
  };
}

function append(file: string, bytes: number): void {
  const piece = Buffer.alloc(bytes, 1);
  try {
    for (;;) appendFileSync(file, piece);
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}
