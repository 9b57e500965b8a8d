import { readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { codeOf } from '../../../base/error-code.ts';

/** What the package calls the folder in which the list lies and from whose parent it counts. */
const listed = 'native/';

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Makes the links to shared libraries that npm packages can't carry: the package lists them and leaves them to its install
 * script, which npm runs only where that is allowed. `native` is its folder or a copy of that. False where one is missing
 * and can't be made there, as below a folder of somebody else.
 */
export async function completeLinks(native: string): Promise<boolean> {
  const links = await readLinks(join(native, 'pg-symlinks.json'));
  const made = await Promise.all(links.map(({ source, target }) => make(locate(native, source), locate(native, target))));
  return made.every((isThere) => isThere);
}

/** Of a package without a list nothing is missing. */
async function readLinks(file: string): Promise<readonly Link[]> {
  const text = await readFile(file, 'utf8').catch(() => '[]');
  return JSON.parse(text) as readonly Link[];
}

function locate(native: string, path: string): string {
  return join(native, path.startsWith(listed) ? path.slice(listed.length) : path);
}

async function make(source: string, target: string): Promise<boolean> {
  try {
    await symlink(relative(dirname(target), source), target);
    return true;
  } catch (error) {
    return codeOf(error) === 'EEXIST';
  }
}
