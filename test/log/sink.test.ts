import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { LogSink } from '../../src/log/sink.ts';
import { waitFor } from '../helpers/wait-for.ts';

const { O_RDONLY, O_NONBLOCK } = constants;
const bound = 1024 * 1024;

let folder: string;
let path: string;
let reader: number;
let writer: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reveille-sink-'));
  path = join(folder, 'fifo');
  execFileSync('mkfifo', [path]);
  reader = openSync(path, O_RDONLY | O_NONBLOCK);
  writer = openSync(path, 'w');
});
afterEach(() => {
  for (const fd of [reader, writer]) closeSync(fd);
  rmSync(folder, { recursive: true });
});

const lineOf = (n: number) => `{"event":"line","n":${n},"of":"${'x'.repeat(1000)}"}\n`;

/** Everything until that comes. */
async function readText(last: string): Promise<string> {
  const bytes = Buffer.alloc(bound);
  let text = '';
  await waitFor(last, () => {
    try {
      text += bytes.toString('utf8', 0, readSync(reader, bytes));
    } catch {
      // EAGAIN: the next part is on its way
    }
    return text.includes(last);
  });
  return text;
}

async function readUntil(last: string): Promise<Record<string, unknown>[]> {
  const lines = (await readText(last)).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a log whose reader', () => {
  test('stands still keeps a mebibyte of lines for it, loses what is more, and goes on with the count of those', async () => {
    const sink = new LogSink(writer, false);
    let written = 0;
    while (sink.loss.code === undefined) sink.write(lineOf((written += 1)));
    for (let i = 0; i < 99; i += 1) sink.write(lineOf((written += 1)));
    assert.deepEqual(sink.loss, { lines: 100, code: 'EAGAIN' });
    assert.ok(written * lineOf(1).length > bound);
    const lines = await readUntil('log-lines-lost');
    const gap = lines.pop();
    assert.deepEqual([gap?.['level'], gap?.['event'], gap?.['lost']], ['warn', 'log-lines-lost', 100]);
    assert.deepEqual(lines.map(({ n }) => n), Array.from({ length: written - 100 }, (_, n) => n + 1)); // prettier-ignore
    sink.write(lineOf(0));
    assert.equal((await readUntil('"n":0')).length, 1, 'the gap is told once');
    assert.deepEqual(sink.loss, { lines: 100, code: undefined });
  });

  test('goes while lines wait for it loses those as well, and tells the next reader of each', async () => {
    const sink = new LogSink(writer, false);
    const count = 500;
    for (let n = 1; n <= count; n += 1) sink.write(lineOf(n));
    const before = await readUntil('"n":1,');
    closeSync(reader);
    await waitFor('the loss', () => sink.loss.code === 'EPIPE');
    const { lines: lost } = sink.loss;
    assert.ok(lost > 0 && lost <= count - before.length);
    reader = openSync(path, O_RDONLY | O_NONBLOCK);
    await waitFor('the end of the loss', () => sink.loss.code === undefined);
    sink.write(lineOf(0));
    assert.match(await readText('"n":0'), new RegExp(`^.*"lost":${lost},"event":"log-lines-lost".*$`, 'm'));
  });

  test('is behind gets the last lines all the same, as many as it takes', async () => {
    const sink = new LogSink(writer, false);
    for (let n = 1; n <= 60; n += 1) sink.write(lineOf(n));
    assert.equal((await readUntil('"n":60')).length, 60);
    for (let n = 1; n <= 60; n += 1) sink.write(lineOf(n));
    sink.finish();
    assert.equal((await readUntil('"n":60')).length, 60);
    assert.deepEqual(sink.loss, { lines: 0, code: undefined });
  });
});

test('a log on a terminal tells of a gap in words for people', async () => {
  const sink = new LogSink(writer, true);
  closeSync(reader);
  sink.write('lost\n');
  assert.deepEqual(sink.loss, { lines: 1, code: 'EPIPE' });
  reader = openSync(path, O_RDONLY | O_NONBLOCK);
  sink.write('kept\n');
  assert.match(await readText('kept'), /log-lines-lost.*lost=.*1\nkept\n$/);
});
