import { once } from 'node:events';
import { spawnTied } from '../../servers/daemon.ts';

/** A network namespace of its own with nothing in it but loopback. */
export interface Network {
  /** As programs take it that enter one. */
  readonly path: string;
  close(): Promise<void>;
}

export async function createNetwork(): Promise<Network> {
  const holder = spawnTied(['unshare', '--net', 'sh', '-c', 'ip link set lo up && echo up && exec sleep infinity']);
  const exited = once(holder, 'exit');
  const isUp = await Promise.race([once(holder.stdout, 'data').then(() => true), exited.then(() => false)]);
  if (!isUp) throw new Error('no network namespace can be made: unshare --net failed');
  return {
    path: `/proc/${holder.pid}/ns/net`,
    close: async () => {
      holder.kill('SIGKILL');
      await exited;
    },
  };
}
