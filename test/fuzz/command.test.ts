import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { nat, type Arbitrary } from 'fast-check';
import { runCommand } from './command.ts';
import type { Target } from './target.ts';

test('a broken promise is found, made small, written down, and ends with 1', async () => {
  const lines: string[] = [];
  const target = buildTarget((input) => (input > 999 ? Promise.reject(new Error(`${input} is too much`)) : Promise.resolve()));
  const code = await runCommand(['--inputs', '200'], [{ target, share: 1 }], (text) => lines.push(text));
  assert.equal(code, 1);
  const [, file = ''] = /1000 is too much\n {4}1000\n {4}(\S+)/.exec(lines.join('\n')) ?? [];
  assert.equal(JSON.parse(readFileSync(file, 'utf8')), 1000, lines.join('\n'));
});

test('a promise about all inputs together that is broken ends with 1', async () => {
  const lines: string[] = [];
  const target = buildTarget(
    () => Promise.resolve(),
    () => Promise.reject(new Error('something was lost')),
  );
  assert.equal(await runCommand(['--inputs', '5'], [{ target, share: 1 }], (text) => lines.push(text)), 1);
  assert.match(lines.join('\n'), /FINDING \(all inputs together\): something was lost/);
});

test('kept promises end with 0, and the same seed draws the same inputs', async () => {
  const runs = await Promise.all(
    [7, 7, 8].map(async (seed) => {
      const fed: number[] = [];
      const target = buildTarget((input) => Promise.resolve(void fed.push(input)));
      assert.equal(await runCommand(['--inputs', '600', '--seed', String(seed)], [{ target, share: 1 }], () => undefined), 0);
      return fed;
    }),
  );
  assert.equal(runs[0]?.length, 600);
  assert.deepEqual(runs[0], runs[1]);
  assert.notDeepEqual(runs[0], runs[2]);
});

test('wrong arguments end with 2', async () => {
  const target = buildTarget(() => Promise.resolve());
  for (const args of [['--inputs', 'many'], ['--target', 'nothing'], ['--fast'], ['--seed', '-1']])
    assert.equal(await runCommand(args, [{ target, share: 1 }], () => undefined), 2, args.join(' '));
});

function buildTarget(feed: (input: number) => Promise<void>, close = (): Promise<void> => Promise.resolve()): Target<unknown> {
  const inputs: Arbitrary<number> = nat(1_000_000);
  const target: Target<number> = { name: 'numbers', inputs, open: () => Promise.resolve({ feed, close }) };
  return target;
}
