import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePackages } from '../../../scripts/apt.ts';
import { notHere } from '../built.ts';

export const enginePackages = ['podman', 'runc', 'golang-github-containers-common', 'golang-github-containers-image'];

const limitMs = 120_000;

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An engine for containers with a store of its own, in a folder. */
export interface ContainerEngine {
  /** Runs one command of it to its end. Rejects where it takes longer than two minutes. */
  ask(...args: string[]): Promise<Ended>;
  /** The same, where it has to succeed; resolves with what it printed. */
  demand(...args: string[]): Promise<string>;
  /** Ends and removes its containers. */
  close(): Promise<void>;
}

/** The `skip` option of tests that need the engine: false where it is there, else the reason, printed. Rejects instead where `CI` is set. */
export async function engineOrSkip(): Promise<string | false> {
  const ensured =
    process.getuid?.() === 0 ? await ensurePackages(enginePackages) : { missing: ['root'], reason: 'containers share a store' };
  const reason = notHere || (typeof ensured === 'string' ? false : `needs ${ensured.missing.join(' ')}: ${ensured.reason}`);
  if (reason === false) return false;
  if (process.env['CI'] !== undefined) throw new Error(reason);
  process.stderr.write(`skipped: ${reason}\n`);
  return reason;
}

/** Podman as Debian has it, with runc; nothing of it runs while no command does, but containers. */
export async function createEngine(folder: string): Promise<ContainerEngine> {
  const settings = join(folder, 'containers.conf');
  // Limits that would raise those of this machine need rights that it may not give.
  await writeFile(
    settings,
    '[containers]\ndefault_ulimits = []\npids_limit = 0\n[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "none"\n',
  );
  // Sockets lie in here, so that its path has to be short.
  const state = await mkdtemp('/run/reveille-');
  const own = ['--storage-driver=overlay', `--root=${join(folder, 'store')}`, `--runroot=${state}`];
  const environment = { PATH: process.env['PATH'] ?? '', HOME: folder, CONTAINERS_CONF: settings };
  const ask = (...args: string[]): Promise<Ended> =>
    new Promise((resolve, reject) => {
      execFile('podman', [...own, ...args], { env: environment, timeout: limitMs }, (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        if (typeof code === 'number') resolve({ code, stdout, stderr });
        else reject(new Error(`podman ${args.join(' ')} did not end by itself`, { cause: error }));
      });
    });
  return {
    ask,
    demand: async (...args) => {
      const { code, stdout, stderr } = await ask(...args);
      if (code !== 0) throw new Error(`podman ${args.join(' ')} ended with ${code}: ${stderr}`);
      return stdout.trim();
    },
    close: async () => {
      await ask('rm', '--all', '--force', '--time=0', '--volumes');
      await rm(state, { recursive: true, force: true });
    },
  };
}
