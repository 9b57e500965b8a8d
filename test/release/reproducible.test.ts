import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { pack } from '../../scripts/release/tree/pack.ts';
import { runTool } from '../../scripts/release/run-tool.ts';
import { createTestFolder } from '../helpers/database/postgres.ts';
import { builtTree, epochSeconds, notHere, root } from './built.ts';

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
  assert.equal(await sumPacked(second), await sumPacked(first));
});

/** Of the archive before it is compressed, which takes longer than all that is compared and makes the same of the same. */
async function sumPacked(tree: string): Promise<string> {
  const archive = join(folder, 'archive.tar');
  await pack(tree, archive, epochSeconds, 'stored');
  return createHash('sha256')
    .update(await readFile(archive))
    .digest('hex');
}
