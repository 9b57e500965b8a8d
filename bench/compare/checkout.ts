import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { here } from '../throughput/reveille.ts';

const most = 512 * 1024 * 1024;
const installLimitMs = 540_000;

/** Git knows no such commit; the message says so. */
export class RefusedRevision extends Error {}

/** One side of the comparison. */
export interface Checkout {
  readonly root: string;
  /** The commit, shortened; for this checkout as it is, that and `+`. */
  readonly name: string;
}

/** The full name of the commit. Throws `RefusedRevision` where there is none. */
export function resolveRevision(revision: string): string {
  // A name that begins with a dash would be an option.
  const { status, stdout } = spawnSync('git', ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], {
    cwd: here,
    encoding: 'utf8',
  });
  const [commit] = stdout.trim().split('\n');
  if (status === 0 && commit !== undefined) return commit;
  throw new RefusedRevision(
    `There is no revision "${revision}" in this repository. Give a branch, a tag or a commit (git log --oneline shows some).`,
  );
}

export function describeHere(): Checkout {
  const status = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: here, encoding: 'utf8' });
  return { root: here, name: `${status.stdout.trim()}+` };
}

/** The files of the commit in a folder of their own, with their packages: those of this checkout where the lock file is the same. Left to `cleanUp`. */
export function checkOut(commit: string, cleanUp: AsyncDisposableStack): Checkout {
  const root = mkdtempSync(join(tmpdir(), 'reveille-compare-'));
  cleanUp.defer(() => rmSync(root, { recursive: true, force: true }));
  chmodSync(root, 0o755); // As root, the embedded database runs as a user of its own, from these packages.
  const archive = execFileSync('git', ['archive', commit], { cwd: here, maxBuffer: most });
  execFileSync('tar', ['-x', '-C', root], { input: archive });
  bringPackages(root);
  return { root, name: commit.slice(0, 8) };
}

function bringPackages(root: string): void {
  const lock = (folder: string) => readFileSync(join(folder, 'package-lock.json'), 'utf8');
  if (lock(root) === lock(here)) symlinkSync(join(here, 'node_modules'), join(root, 'node_modules'));
  else {
    const { status } = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      timeout: installLimitMs,
    });
    if (status !== 0) throw new Error(`npm ci failed in ${root}`);
  }
}
