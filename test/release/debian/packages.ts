import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDeb, nameDeb } from '../../../scripts/release/debian/build-deb.ts';
import { findPlatform } from '../../../scripts/release/platforms.ts';
import { readVersion } from '../../../scripts/release/source.ts';
import { readSchema } from '../../../scripts/release/steps/papers.ts';
import { createTestFolder } from '../../helpers/database/postgres.ts';
import { builtTree, epochSeconds, root } from '../built.ts';

/** Packages of the same program: this version, and one that says that it is older and knows one schema less. Only those that are wanted lie there. */
export interface Packages {
  readonly folder: string;
  readonly older: string;
  readonly present: string;
  readonly version: string;
  readonly schema: number;
  remove(): Promise<void>;
}

export const olderVersion = '0.0.9';

export async function buildPackages(wanted: readonly ('older' | 'present')[] = ['older', 'present']): Promise<Packages> {
  const folder = await createTestFolder();
  const [version, schema] = [await readVersion(root), await readSchema(root)];
  const platform = findPlatform('linux-x64');
  const common = { tree: await builtTree(), platform, epochSeconds, level: 'stored' } as const;
  const all = { older: { version: olderVersion, schema: schema - 1 }, present: { version, schema } };
  for (const which of wanted) await buildDeb(folder, { ...common, ...all[which] });
  return {
    folder,
    version,
    schema,
    older: nameDeb(olderVersion, platform),
    present: nameDeb(version, platform),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** As a system calls the file after it was copied there. */
export function placeIn(name: string): string {
  return join('/srv', name);
}
