import { basename, dirname } from 'node:path';
import { runTool } from '../run-tool.ts';

/** Blocks of one size come out the same however many threads there are. */
const blocks = ['--threads=2', '--block-size=48MiB'];

/** Packs a tree into an archive: names sorted, everything of user 0, one time. `level` is xz's, 0 to 9, or not at all. */
export async function pack(tree: string, archive: string, epochSeconds: number, level: number | 'stored'): Promise<void> {
  const same = ['--sort=name', `--mtime=@${epochSeconds}`, '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
  const compress = level === 'stored' ? [] : ['--use-compress-program', ['xz', `-${level}`, ...blocks].join(' ')];
  await runTool('tar', ['-c', ...same, ...compress, '-f', archive, '-C', dirname(tree), basename(tree)]);
}
