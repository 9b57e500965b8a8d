import { formatVersion } from '../registry/backup/format.ts';
import { readEmbeddedVersion } from '../registry/embedded/process/binaries.ts';
import { readKnownSchema } from '../registry/postgres/schema.ts';
import { readVersion } from './version.ts';

/** What `reveille --version --verbose` prints: the numbers that an upgrade depends on. */
export async function describeVersion(): Promise<string> {
  const rows = [
    ['reveille', readVersion()],
    ['schema', await readKnownSchema()],
    ['backup format', formatVersion],
    ['embedded PostgreSQL', (await readEmbeddedVersion()) ?? 'none for this platform'],
    ['Node.js', process.versions.node],
  ] as const;
  return rows.map(([name, value]) => `${name}: ${value}\n`).join('');
}
