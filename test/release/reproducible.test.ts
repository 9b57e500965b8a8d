import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { pack } from '../../scripts/release/tree/pack.ts';
import { runTool } from '../../scripts/release/run-tool.ts';
import { createTestFolder } from '../helpers/database/postgres.ts';
import { builtArchive, builtTree, epochSeconds, notHere, root } from './built.ts';

let folder: string;
before(async () => (folder = await createTestFolder()));
after(() => rm(folder, { recursive: true, force: true }));

test('two builds in different folders, under different masks, are the same to the byte', { skip: notHere }, async () => {
  const first = await builtTree();
  const second = join(folder, 'another place', basename(first));
  await mkdir(join(second, '..'), { recursive: true });
  const script = 'umask 0077; cd /; SOURCE_DATE_EPOCH="$1" TMPDIR="$2" exec "$3" "$4" tree --platform linux-x64 --to "$5"';
  const main = join(root, 'scripts/release/main.ts');
  await runTool('sh', ['-c', script, 'sh', String(epochSeconds), folder, process.execPath, main, second]);
  const archive = join(folder, 'archive.tar.xz');
  await pack(second, archive, epochSeconds, 0);
  assert.equal(await sum(archive), await sum(await builtArchive()));
});

async function sum(file: string): Promise<string> {
  const hash = createHash('sha256');
  return hash.update(await readFile(file)).digest('hex');
}
