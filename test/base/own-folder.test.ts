import assert from 'node:assert/strict';
import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { ensureOwnFolder } from '../../scripts/own-folder.ts';

const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

function openFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'own-folder-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('a folder from which programs are run', () => {
  test('is made, found again, and closed to others', (t) => {
    const path = join(openFolder(t), 'cache');
    assert.equal(ensureOwnFolder(path), path);
    chmodSync(path, 0o777);
    assert.equal(ensureOwnFolder(path), path);
    assert.equal(lstatSync(path).mode & 0o777, 0o755);
  });

  test('is another one where the path leads elsewhere', (t) => {
    const folder = openFolder(t);
    const path = join(folder, 'cache');
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), path);
    const own = ensureOwnFolder(path);
    assert.notEqual(own, path);
    assert.equal(lstatSync(own).mode & 0o777, 0o755);
  });

  test('is another one where somebody else made it', { skip: isRoot ? false : 'only root can give a folder away' }, (t) => {
    const path = join(openFolder(t), 'cache');
    mkdirSync(path);
    chownSync(path, nobody, nobody);
    assert.notEqual(ensureOwnFolder(path), path);
  });
});
