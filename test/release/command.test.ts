import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseArguments } from '../../scripts/release/arguments.ts';
import { findPlatform } from '../../scripts/release/platforms.ts';
import { buildTree } from '../../scripts/release/tree/build-tree.ts';
import { createFolder } from '../config/folder.ts';
import { epochSeconds, root } from './built.ts';

describe('npm run release', () => {
  test('without a word makes everything, for every platform, below the checkout', () => {
    assert.deepEqual(parseArguments([], '/checkout'), {
      names: [],
      platform: undefined,
      folder: '/checkout/release',
      level: 6,
      tree: undefined,
    });
  });

  test('makes single steps, and a tree alone', () => {
    const { names, platform } = parseArguments(['archive', '--platform', 'linux-x64'], '/checkout');
    assert.deepEqual([names, platform], [['archive'], 'linux-x64']);
    assert.equal(parseArguments(['tree', '--to', '/elsewhere'], '/checkout').tree, '/elsewhere');
  });

  test('names the steps that there are where one is unknown', () => {
    assert.throws(
      () => parseArguments(['archives'], '/checkout'),
      /^Error: no step is called archives: expected none \(for all\), tree, or some of archive, /,
    );
    assert.throws(() => parseArguments(['tree', 'archive'], '/checkout'), /no step is called archive/);
  });

  test('refuses a level that xz does not have', () => {
    assert.throws(() => parseArguments(['--level', '10'], '/checkout'), /^Error: --level 10: expected 0 to 9/);
  });

  test('does not build into a folder that is there, and leaves it as it is', async () => {
    const folder = createFolder({ 'mine/precious': '' });
    const options = { root, platform: findPlatform('linux-x64'), version: '0.0.0', epochSeconds, tell: () => undefined };
    await assert.rejects(buildTree(join(folder, 'mine'), options), /mine is there already: name a folder that is not, or remove it$/);
    assert.deepEqual(await readdir(join(folder, 'mine')), ['precious']);
  });

  test('leaves nothing behind of a build that failed', async () => {
    const folder = createFolder({});
    mkdirSync(join(folder, 'empty checkout'));
    const options = {
      root: join(folder, 'empty checkout'),
      platform: findPlatform('linux-x64'),
      version: '0.0.0',
      epochSeconds,
      tell: () => undefined,
    };
    await assert.rejects(buildTree(join(folder, 'tree'), options), /package\.json/);
    assert.deepEqual(await readdir(folder), ['empty checkout']);
  });
});
