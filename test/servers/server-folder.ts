import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder for a server's files: where we see it, and where the server does, in the root folder it lives in. */
export interface ServerFolder {
  readonly path: string;
  readonly seen: string;
  remove(): void;
}

export function makeServerFolder(kind: string, root: string | undefined): ServerFolder {
  const path = mkdtempSync(join(root === undefined ? tmpdir() : `${root}/tmp`, `reveille-${kind}-`));
  chmodSync(path, 0o755);
  return {
    path,
    seen: root === undefined ? path : path.slice(root.length),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
