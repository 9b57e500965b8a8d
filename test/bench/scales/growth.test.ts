import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SaxesParser } from 'saxes';
import { buildCapacity } from '../../../bench/growth/capacity.ts';
import { buildChart } from '../../../bench/growth/chart.ts';
import { formatNumber } from '../../../bench/growth/panel.ts';
import { parseGrowth, usage } from '../../../bench/growth/plan.ts';

test('the chart is XML, with each line, its name and a dot for each value', () => {
  const lines = [
    { name: 'one <process>', values: [0, 50, 100] },
    { name: 'two & more', values: [10, 20, 30] },
  ];
  const svg = buildChart([{ title: 'Pushes', x: ['1', '10', '100'], lines }], 'of a test');
  const parser = new SaxesParser();
  const seen = { circle: 0, polyline: 0 };
  const texts: string[] = [];
  parser.on('opentag', ({ name }) => {
    if (name === 'circle' || name === 'polyline') seen[name] += 1;
  });
  parser.on('text', (text) => texts.push(text));
  parser.write(svg).close();
  assert.deepEqual(seen, { circle: 6, polyline: 2 });
  for (const text of ['Pushes', 'one <process>', 'two & more', '100']) assert.ok(texts.includes(text), text);
});

test('higher values lie higher, and zero on the axis', () => {
  const svg = buildChart([{ title: '', x: ['a', 'b'], lines: [{ name: '', values: [0, 100] }] }], '');
  const [zero, high] = [...svg.matchAll(/<circle [^>]*cy="([\d.]+)"/g)].map(([, y]) => Number(y));
  const axis = [...svg.matchAll(/<line [^>]*y1="([\d.]+)"/g)].map(([, y]) => Number(y));
  assert.equal(zero, Math.max(...axis));
  assert.equal(high, Math.min(...axis));
});

test('numbers are short', () => {
  assert.deepEqual([0, 12.345, 340, 10_000, 1_000_000].map(formatNumber), ['0', '12.3', '340', '10k', '1M']);
});

test('arguments that are not understood: how it is called', () => {
  for (const args of [['now'], ['--fast'], ['--seconds', 'x']]) assert.throws(() => parseGrowth(args), { message: usage }, args.join(' '));
});

test('what is to be provided is twice what was measured, and half of what a core carries', () => {
  const figures = { perSecond: 9_000, cpuUsPerPush: 100, databaseUsPerPush: 10, p50Ms: 1, p99Ms: 2, ended: 1 };
  const memory = { rss: 150e6, database: 80e6 };
  const point = { devices: 10_000, processes: 1, publishers: 500, backlog: 0, startMs: 1, idle: memory, loaded: memory, figures };
  assert.equal(buildCapacity([point]).split('\n').at(-1), '| 10,000 | 5,000 | 0.6 | 512 MB | 150 + 80 MB | 1 |');
});
