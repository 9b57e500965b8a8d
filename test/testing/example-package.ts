import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const page = join(import.meta.dirname, '../../docs/writing-a-provider.md');

/** The files that docs/writing-a-provider.md tells its reader to write, by name. */
export function readExample(): ReadonlyMap<string, string> {
  const blocks = readFileSync(page, 'utf8').matchAll(/^```js (\S+)\n(.*?)^```$/gms);
  return new Map([...blocks].map(([, name = '', code = '']) => [name, code]));
}

/** What stands in for an installed `reveille`: its package.json and what that leads to. */
export interface Installed {
  readonly packageJson: string;
  /** Folders linked into the package. */
  readonly links: Readonly<Record<string, string>>;
}

/** A folder with those files and `reveille` installed; the caller deletes it. */
export function createExamplePackage({ packageJson, links }: Installed): { readonly folder: string; delete(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-example-'));
  for (const [name, code] of readExample()) writeFileSync(join(folder, name), code);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'reveille-acme', type: 'module', exports: './index.js' }));
  const reveille = join(folder, 'node_modules/reveille');
  mkdirSync(reveille, { recursive: true });
  writeFileSync(join(reveille, 'package.json'), packageJson);
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(reveille, name));
  return { folder, delete: () => rmSync(folder, { recursive: true, force: true }) };
}
