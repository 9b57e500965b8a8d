import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/** What an installed package says of itself. */
export async function readManifest(folder: string): Promise<Manifest> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Readonly<Record<string, unknown>>;
  const isWhole = typeof name === 'string' && typeof version === 'string' && typeof license === 'string';
  if (isWhole) return { name, version, license };
  throw new Error(`${folder}/package.json does not say name, version and licence`);
}
