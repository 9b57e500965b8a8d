import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const sources = ['src', 'providers', 'scripts/rest'];
/** Relative, in import and export declarations and in import(). */
const specifier = /((?:from|import)\s*\(?\s*'\.[^'\n]*)\.ts'/g;

/**
 * The checkout as its package holds it: JavaScript below dist/, without the compiler that Node.js needs for TypeScript, which
 * costs memory and a second at each start. Types are taken out and nothing is checked, which takes no time. Returns the folder; left to `cleanUp`.
 */
export function buildPackage(root: string, cleanUp: AsyncDisposableStack): string {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-built-'));
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755); // As root, the embedded database runs as a user of its own, from these packages.
  for (const source of sources) buildFolder(join(root, source), join(folder, 'dist', source));
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

function buildFolder(from: string, to: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(to, source.slice(from.length));
    mkdirSync(dirname(target), { recursive: true });
    if (entry.name.endsWith('.ts')) writeFileSync(target.replace(/\.ts$/, '.js'), buildScript(readFileSync(source, 'utf8')));
    else cpSync(source, target);
  }
}

export function buildScript(source: string): string {
  return stripTypeScriptTypes(source, { mode: 'strip' }).replaceAll(specifier, "$1.js'");
}
