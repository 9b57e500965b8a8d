import { readFileSync } from 'node:fs';
import { isUtf8 } from 'node:buffer';

export type TextReading = { readonly text: string } | { readonly problem: string };

/**
 * A file's text without its byte order mark, or why it can't be read, in words for an administrator. Text is UTF-8, or UTF-16
 * where a byte order mark says so (as some tools of Windows write it).
 */
export function readText(file: string): TextReading {
  try {
    return decode(readFileSync(file), file);
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
  ENAMETOOLONG: 'its name is too long for one',
};

function decode(bytes: Buffer, file: string): TextReading {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
  if (utf16 !== undefined) return { text: new TextDecoder(utf16).decode(bytes) };
  if (!isUtf8(bytes)) return { problem: `can't read ${file}: it is not UTF-8 at ${placeOfForeignByte(bytes)}; save it as UTF-8` };
  return { text: new TextDecoder().decode(bytes) };
}

/** Line and column, from 1, of the first byte that UTF-8 has not there, as with a letter in Latin-1. */
function placeOfForeignByte(bytes: Buffer): string {
  const before = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split('\ufffd', 1)[0] ?? '';
  const lines = before.replace(/^\ufeff/, '').split('\n');
  return `line ${lines.length}, column ${[...(lines.at(-1) ?? '')].length + 1}`; // eslint-disable-line @typescript-eslint/no-misused-spread -- columns are counted in characters
}
