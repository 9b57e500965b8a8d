import assert from 'node:assert/strict';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createServerLog } from '../../../src/registry/embedded/server-log.ts';
import { createTestFolder } from '../../helpers/database/postgres.ts';

test("the server's log is cut when it passes its bound, and written on by who has it open", async () => {
  const folder = await createTestFolder();
  const log = createServerLog(folder);
  const path = join(folder, 'postgres.log');
  const writer = await log.open();
  try {
    await writer.write('a line\n'.repeat(100_000));
    await log.trim();
    assert.equal((await stat(path)).size, 700_000, 'below the bound nothing happens');
    await writer.write('a line\n'.repeat(600_000));
    await log.trim();
    assert.equal((await stat(path)).size, 0);
    await writer.write('one\ntwo\nthree\nfour\n');
    assert.equal(await readFile(path, 'utf8'), 'one\ntwo\nthree\nfour\n');
    assert.equal(await log.measure(), 19);
    const said = ['LOG:  starting', 'FATAL:  it broke', 'FATAL:  the database system is starting up', 'LOG:  shutting down'];
    await writer.write(said.map((text) => `2026-11-22 09:44:01.152 UTC [12835] ${text}\n`).join(''));
    assert.equal(await log.readReason(19), 'it broke');
    assert.equal(await log.readReason(await log.measure()), '');
    assert.equal((await stat(`${path}.1`)).size, 4_900_000);
  } finally {
    await writer.close();
    await rm(folder, { recursive: true });
  }
});
