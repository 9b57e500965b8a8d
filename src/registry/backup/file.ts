import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { buildDamaged, buildForeign } from './format.ts';

/** No line of ours comes near it: what does is no backup, and must not fill the memory. */
const longestLine = 16 * 1024 * 1024;
const notGzip = /^Z_|^ERR_/;

/**
 * Writes the text compressed, readable to its owner only. Settles with its size once it is durable under its name; until
 * then, and where it rejects, a file that had the name before is untouched.
 */
export async function writeFileWhole(path: string, text: AsyncIterable<string>, signal: AbortSignal): Promise<number> {
  const partial = `${path}.partial-${randomUUID()}`;
  try {
    await pipeline(text, createGzip(), createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true }), { signal });
    const { size } = await stat(partial);
    await rename(partial, path);
    await syncFolder(dirname(path));
    return size;
  } catch (error) {
    await rm(partial, { force: true });
    signal.throwIfAborted();
    throw error;
  }
}

/** The lines of a compressed text. Throws BackupUnusable where it is not compressed, or ends too early. */
export async function* readLines(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const text = file.pipe(createGunzip()).setEncoding('utf8');
  file.on('error', (error) => text.destroy(error));
  let rest = '';
  let hasBegun = false;
  try {
    for await (const chunk of text as AsyncIterable<string>) {
      hasBegun = true;
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longestLine) throw buildDamaged();
      yield* lines;
    }
  } catch (error) {
    throw explain(error, hasBegun);
  } finally {
    file.destroy();
    text.destroy();
  }
  // Every line is ended, the last one too.
  if (rest !== '') throw buildDamaged();
}

function explain(error: unknown, hasBegun: boolean): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!notGzip.test(code)) return error;
  return hasBegun ? buildDamaged(error) : buildForeign(error);
}

/** A rename survives a power failure once its folder is on disk. */
async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder);
  await handle.sync();
}
