import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../run-tool.ts';

/** Types and entries for authors of providers are the npm package's. */
const kept = ['name', 'version', 'description', 'license', 'type', 'engines', 'bin', 'dependencies'] as const;

/** Compiles the program, the same for every platform. */
export async function compile(root: string, folder: string): Promise<string> {
  await runTool(process.execPath, [join(root, 'scripts/build.ts'), folder], root);
  return folder;
}

/** Puts the compiled program into `to`: dist without declarations, and a package.json with what is needed at run time. */
export async function copyProgram(root: string, dist: string, to: string): Promise<void> {
  await cp(dist, join(to, 'dist'), { recursive: true, filter: (path) => !path.endsWith('.d.ts') });
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Readonly<Record<string, unknown>>;
  const lean = Object.fromEntries(kept.map((key) => [key, manifest[key]]));
  await writeFile(join(to, 'package.json'), `${JSON.stringify(lean, null, 2)}\n`);
}
