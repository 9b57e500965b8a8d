import { copyFile, open, readFile, stat, truncate, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

const maxBytes = 4 * 1024 * 1024;
/** How PostgreSQL begins a line: time, pid, then how grave it is. */
const graveLine = /(?:FATAL|PANIC): +(.*)$/;
/** What it says to clients that come too early; the reason stands elsewhere. */
const toClients = /the database system is /;

/** The server's own log: `postgres.log`, and the one before it as `postgres.log.1`. */
export interface ServerLog {
  /** For the server to append to; the caller closes it. */
  open(): Promise<FileHandle>;
  /** Keeps it below its bound. The server goes on writing to the same file. */
  trim(): Promise<void>;
  /** How much there is by now. */
  measure(): Promise<number>;
  /** Why the server ended, as it said after that many bytes; empty where it said nothing. */
  readReason(afterBytes: number): Promise<string>;
}

export function createServerLog(dataDir: string): ServerLog {
  const path = join(dataDir, 'postgres.log');
  return {
    open: () => open(path, 'a', 0o600),
    trim: async () => {
      const { size } = await stat(path);
      if (size <= maxBytes) return;
      await copyFile(path, `${path}.1`);
      await truncate(path);
    },
    measure: () =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    readReason: async (afterBytes) => {
      const text = await readFile(path).catch(() => Buffer.alloc(0));
      const lines = text.subarray(afterBytes).toString().split('\n');
      const reasons = lines.flatMap((line) => graveLine.exec(line)?.[1] ?? []).filter((reason) => !toClients.test(reason));
      return reasons.at(-1) ?? '';
    },
  };
}
