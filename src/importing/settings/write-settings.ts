import { mkdir, open, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SourceUnusable } from '../found.ts';
import { buildToml, type SecretFile } from './build-toml.ts';
import type { FoundSettings } from './settings.ts';

/**
 * Writes the configuration to `path`, and its secrets into a folder beside it; only their owner can read either. Settles with every path
 * that was made. Rejects with SourceUnusable where one of them is there already: nothing is overwritten.
 */
export async function writeSettings(settings: FoundSettings, path: string): Promise<readonly string[]> {
  const name = `${basename(path).replace(/\.toml$/, '')}.secrets`;
  const folder = join(dirname(resolve(path)), name);
  const { text, files } = buildToml(settings, { folder: name });
  const contents = await Promise.all(files.map(readContent));
  // The configuration first: where it is there already, nothing else is made either.
  await write(path, text);
  if (files.length > 0) await mkdir(folder, { mode: 0o700, recursive: true });
  const made = [path];
  for (const [index, { name: file }] of files.entries()) {
    const target = join(folder, file);
    await write(target, contents[index] ?? '');
    made.push(target);
  }
  return made;
}

async function readContent({ content }: SecretFile): Promise<string> {
  if ('text' in content) return content.text;
  const parts = await Promise.all(content.join.map(readPart));
  return parts.map((part) => `${part.trimEnd()}\n`).join('');
}

async function readPart(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new SourceUnusable(`${path}: can't be read, and the configuration needs it: ${codeOf(error)}`, { cause: error });
  });
}

async function write(path: string, text: string): Promise<void> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new SourceUnusable(
      codeOf(error) === 'EEXIST' ? `${path}: is there already, and is not overwritten` : `${path}: ${codeOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
