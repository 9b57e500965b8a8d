import { readFileSync } from 'node:fs';

export type TextReading = { readonly text: string } | { readonly problem: string };

/** A file's text, or why it can't be read, in words for an administrator. */
export function readText(file: string): TextReading {
  try {
    return { text: readFileSync(file, 'utf8') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { problem: `can't read ${file}: ${reasons[code] ?? code}` };
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'there is no such file',
};
