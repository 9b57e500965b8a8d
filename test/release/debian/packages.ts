import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDeb } from '../../../scripts/release/debian/build-deb.ts';
import { findPlatform } from '../../../scripts/release/platforms.ts';
import { readVersion } from '../../../scripts/release/source.ts';
import { readSchema } from '../../../scripts/release/steps/papers.ts';
import { createTestFolder } from '../../helpers/database/postgres.ts';
import { builtTree, epochSeconds, root } from '../built.ts';

/** Two packages of the same program: this version, and one that says that it is older and knows one schema less. */
export interface Packages {
  readonly folder: string;
  readonly older: string;
  readonly present: string;
  readonly version: string;
  readonly schema: number;
  remove(): Promise<void>;
}

export const olderVersion = '0.0.9';

export async function buildPackages(): Promise<Packages> {
  const folder = await createTestFolder();
  const [version, schema] = [await readVersion(root), await readSchema(root)];
  const common = { tree: await builtTree(), platform: findPlatform('linux-x64'), epochSeconds, level: 'stored' } as const;
  const older = await buildDeb(folder, { ...common, version: olderVersion, schema: schema - 1 });
  const present = await buildDeb(folder, { ...common, version, schema });
  return { folder, older, present, version, schema, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** As a system calls the file after it was copied there. */
export function placeIn(name: string): string {
  return join('/srv', name);
}
