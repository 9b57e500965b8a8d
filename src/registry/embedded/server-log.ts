import { copyFile, open, readFile, stat, truncate, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

const maxBytes = 4 * 1024 * 1024;
const tailLines = 3;

/** The server's own log: `postgres.log`, and the one before it as `postgres.log.1`. */
export interface ServerLog {
  /** For the server to append to; the caller closes it. */
  open(): Promise<FileHandle>;
  /** Keeps it below its bound. The server goes on writing to the same file. */
  trim(): Promise<void>;
  /** The last lines, to say why a start failed. */
  readTail(): Promise<string>;
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
    readTail: async () => {
      const text = await readFile(path, 'utf8').catch(() => '');
      return text.trim().split('\n').slice(-tailLines).join(' ');
    },
  };
}
