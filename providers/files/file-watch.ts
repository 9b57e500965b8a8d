import { stat } from 'node:fs/promises';

/** Watches files until closed by whoever created it; closing settles when nothing is under way any more. */
export interface FileWatch {
  close(): Promise<void>;
}

/**
 * Calls back when one of the files is another than before and has stayed so for one interval: several files may be replaced
 * one after the other, and one may be written in pieces. By polling, because that sees what file system events miss:
 * renames over the file, links that are turned (Kubernetes), network file systems.
 */
export function createFileWatch(paths: readonly string[], everyMs: number, onChange: () => void): FileWatch {
  let looking: Promise<void> | undefined;
  let settled: string | undefined;
  let seen: string | undefined;

  async function look(): Promise<void> {
    const now = (await Promise.all(paths.map(fingerprint))).join('\n');
    const isCalm = now === seen;
    seen = now;
    settled ??= now;
    if (!isCalm || now === settled) return;
    settled = now;
    onChange();
  }

  const start = () => {
    looking ??= look().finally(() => (looking = undefined));
  };
  if (paths.length === 0) return { close: () => Promise.resolve() };
  start();
  const timer = setInterval(start, everyMs).unref();
  return {
    close: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}

async function fingerprint(path: string): Promise<string> {
  try {
    const { mtimeNs, size, ino, dev } = await stat(path, { bigint: true });
    return `${mtimeNs} ${size} ${ino} ${dev}`;
  } catch (error) {
    // A file that is away is a state like any other; whoever loads it says so.
    return (error as NodeJS.ErrnoException).code ?? 'unreadable';
  }
}
