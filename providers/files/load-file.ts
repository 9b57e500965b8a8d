import { readFileSync, statSync } from 'node:fs';

/** All trust anchors of the system together take a quarter of it. */
const longestBytes = 1_000_000;

/** Reads files for options and collects what is wrong with them, one sentence each beginning with the key. */
export interface FileLoader {
  readonly mistakes: readonly string[];
  /** What `parse` makes of the file at `path`; undefined where there is no path or where it throws, which becomes a mistake. */
  load<T>(key: string, path: string | undefined, parse: (file: Buffer) => T): T | undefined;
}

/** Paths are those of the options; `resolvePath` makes them absolute. */
export function createFileLoader(resolvePath: (path: string) => string): FileLoader {
  const mistakes: string[] = [];
  return {
    mistakes,
    load(key, path, parse) {
      if (path === undefined) return undefined;
      try {
        return parse(readFile(resolvePath(path)));
      } catch (error) {
        mistakes.push(`${key}: ${path} ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      }
    },
  };
}

/** A parser for `load`: PEM text of trust anchors. */
export function parseAuthorities(file: Buffer): string {
  const text = file.toString('latin1');
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new Error('holds no PEM certificate');
  return text;
}

function readFile(path: string): Buffer {
  try {
    if (statSync(path).size <= longestBytes) return readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reasons: Record<string, string> = { ENOENT: 'does not exist', EACCES: 'must not be read by this user', EISDIR: 'is a folder' };
    throw new Error(reasons[code ?? ''] ?? `cannot be read (${code ?? 'unknown error'})`, { cause: error });
  }
  throw new Error('is larger than 1 MB; that is no certificate or key');
}
