import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { spawnTied } from '../../servers/daemon.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { bootable } from './roots.ts';
import { type FreshRoot, makeFreshRoot, type Result, runPlain } from './fresh-root.ts';
import type { Network } from './network.ts';

/** A Debian that was booted: systemd is its first process. It has no network but the loopback of a namespace. */
export interface Machine extends Pick<FreshRoot, 'folder' | 'list'> {
  run(program: string, ...args: string[]): Promise<Result>;
  /** Takes the power away, and boots again. */
  powerCycle(): Promise<void>;
  close(): Promise<void>;
}

interface Boot {
  readonly leader: number;
  kill(): Promise<void>;
}

const bootLimitMs = 60_000;

/** Settles when it has come up; its owner closes it. */
export async function bootMachine(network: Network): Promise<Machine> {
  const root = await makeFreshRoot(bootable);
  let boot = await start(root.folder, network).catch(async (error: unknown) => {
    await root.remove();
    throw error;
  });
  return {
    folder: root.folder,
    list: () => root.list(),
    run: (program, ...args) => runInside(boot.leader, program, ...args),
    powerCycle: async () => {
      await boot.kill();
      boot = await start(root.folder, network);
    },
    close: async () => {
      await boot.kill();
      await root.remove();
    },
  };
}

async function start(folder: string, network: Network): Promise<Boot> {
  const container = [
    'systemd-nspawn',
    '--quiet',
    `--directory=${folder}`,
    `--machine=reveille-${process.pid}`,
    '--register=no',
    '--keep-unit',
  ];
  const child = spawnTied([...container, `--network-namespace-path=${network.path}`, '--console=pipe', '--boot']);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exited = once(child, 'exit');
  let leader: number | undefined;
  const kill = async (): Promise<void> => {
    // The kernel ends everything in it with its first process.
    if (leader !== undefined && child.exitCode === null) process.kill(leader, 'SIGKILL');
    else child.kill('SIGKILL');
    await exited;
  };
  const hasBooted = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error('systemd-nspawn ended');
    leader = await findChild(child.pid!);
    return leader !== undefined && (await runInside(leader, 'systemctl', 'is-active', 'multi-user.target')).code === 0;
  };
  try {
    await waitFor('a booted Debian', hasBooted, bootLimitMs);
  } catch (cause) {
    await kill();
    throw new Error(`${cause instanceof Error ? cause.message : String(cause)}\n${output}`, { cause });
  }
  return { leader: leader!, kill };
}

async function findChild(pid: number): Promise<number | undefined> {
  const [first = ''] = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ');
  return first === '' ? undefined : Number(first);
}

function runInside(leader: number, program: string, ...args: string[]): Promise<Result> {
  const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--root', '--wd'];
  return runPlain('nsenter', ['--target', String(leader), ...namespaces, '--', program, ...args]);
}
