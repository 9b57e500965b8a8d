import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';

const slowest = 10;

/** A reporter for Node's test runner: one line a file as it ends, with how many there are, and the slowest at the end. */
export function reportProgress(total: number): (events: AsyncIterable<TestEvent>) => AsyncGenerator<string> {
  return (events) => report(events, total);
}

async function* report(events: AsyncIterable<TestEvent>, total: number): AsyncGenerator<string> {
  const ended: { readonly file: string; readonly seconds: number }[] = [];
  for await (const { type, data } of events) {
    if (type !== 'test:summary' || data.file === undefined) continue;
    const file = relative(process.cwd(), data.file);
    const seconds = data.duration_ms / 1000;
    ended.push({ file, seconds });
    const { passed, failed, skipped } = data.counts as Readonly<Record<string, number>>;
    const outside = failed === 0 && !data.success && 'FAILED outside of its tests';
    const notes = [failed !== 0 && `${failed} FAILED`, outside, skipped !== 0 && `${skipped} skipped`].filter((note) => note !== false);
    yield `[${ended.length} of ${total}] ${file}: ${[`${passed} passed`, ...notes].join(', ')} (${seconds.toFixed(1)} s)\n`;
  }
  const longest = ended.toSorted((a, b) => b.seconds - a.seconds).slice(0, slowest);
  yield `Slowest: ${longest.map(({ file, seconds }) => `${file} ${seconds.toFixed(0)} s`).join(', ')}\n`;
}
