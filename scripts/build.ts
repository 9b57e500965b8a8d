/** Builds dist/, what the npm package consists of: JavaScript and declarations of src/, providers/ and scripts/rest/, the SQL and the page beside, and the client of local push in one file. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleLocalPush } from './bundle-local-push.ts';

const root = join(import.meta.dirname, '..');
const tsc = join(root, 'node_modules/typescript-7/bin/tsc');
/** Read at run time from beside the code, so the compiler doesn't know of them. */
const beside = ['src/registry/sql', 'src/admin/page'];

/** Compiles into `folder`, which is emptied before. Returns an exit code, the compiler's where it complains. */
function build(folder: string): number {
  rmSync(folder, { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, [tsc, '--project', join(root, 'tsconfig.build.json'), '--outDir', folder], {
    stdio: 'inherit',
  });
  if (status !== 0) return status ?? 1;
  for (const files of beside.filter((one) => existsSync(join(root, one))))
    cpSync(join(root, files), join(folder, files), { recursive: true, filter: (file) => !file.endsWith('.ts') });
  writeFileSync(join(folder, 'local-push.js'), bundleLocalPush());
  chmodSync(join(folder, 'src/main.js'), 0o755);
  return 0;
}

process.exitCode = build(process.argv[2] ?? join(root, 'dist'));
