import { chmodSync, lstatSync, mkdirSync, mkdtempSync } from 'node:fs';

/**
 * The folder at this path, where nobody else can put anything, made if need be. Where somebody else was there first (names in /tmp can be
 * guessed, and what lies in it is run), a new one beside it, which is used this time only.
 */
export function ensureOwnFolder(path: string): string {
  mkdirSync(path, { recursive: true });
  const found = lstatSync(path);
  const own = found.isDirectory() && found.uid === process.getuid?.() ? path : mkdtempSync(`${path}-`);
  // Open to read: programs of other users load from it as well.
  chmodSync(own, 0o755);
  return own;
}
