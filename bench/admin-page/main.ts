/**
 * What the status page costs a push: Reveille without it, with it closed, watched by one, by a hundred, by a hundred of whom some
 * read nothing, and followed push by push. `bench admin-page [--quick] [--rounds 6]` prints a table.
 */
import { parseArgs } from 'node:util';
import { findPort } from '../base/find-port.ts';
import { parsePositive } from '../base/positive.ts';
import { describeMachine, writeResults } from '../base/results.ts';
import { median } from '../base/statistics.ts';
import { openAround } from '../throughput/around.ts';
import { buildPackage } from '../throughput/build.ts';
import { here } from '../throughput/reveille.ts';
import { openSubject, type Subject } from '../throughput/subject.ts';
import { openViewers, type Crowd } from './viewers.ts';

const usage = 'bench admin-page [--quick] [--rounds 6]';
const token = 'a-token-of-the-bench-alone';
const nobody: Crowd = { watching: 0, stuck: 0, following: 0 };
const withoutPage = 'no [admin]';
const closed = 'page closed';

const settings: Readonly<Record<string, Crowd>> = {
  [withoutPage]: nobody,
  [closed]: nobody,
  'watched by 1': { ...nobody, watching: 1 },
  'watched by 100': { ...nobody, watching: 100 },
  'watched by 100, 10 of them stuck': { ...nobody, watching: 90, stuck: 10 },
  'every push followed by 1': { ...nobody, following: 1 },
};

interface Row {
  readonly setting: string;
  readonly cpuUsPerPush: number;
  readonly perSecond: number;
  readonly p99Ms: number;
  /** CPU beside that of the round's closed page, the median of the rounds. */
  readonly ratio: number;
}

async function main(args: readonly string[]): Promise<void> {
  const { quick = false, rounds: text } = readOptions(args);
  const rounds = parsePositive(text, quick ? 1 : 6, usage);
  await using cleanUp = new AsyncDisposableStack();
  const subjects = await openSubjects(quick ? 100 : 5_000, cleanUp);
  const interval = { inFlight: 100, inBursts: false, warmMs: quick ? 100 : 500, ms: quick ? 500 : 3_000 };
  const measured = new Map<string, { cpuUsPerPush: number; perSecond: number; p99Ms: number }[]>();
  // Code is compiled, sessions are open.
  for (const subject of [subjects.plain, subjects.watched]) await subject.measure(interval);
  for (let round = 0; round < rounds; round += 1)
    for (const [setting, crowd] of rotate(Object.entries(settings), round)) {
      const viewers = await openViewers(subjects.port, token, crowd);
      const figures = await (setting === withoutPage ? subjects.plain : subjects.watched).measure(interval);
      await viewers.close();
      measured.set(setting, [...(measured.get(setting) ?? []), figures]);
      console.error(`round ${round + 1} of ${rounds}: ${setting}`);
    }
  const rows = Object.keys(settings).map((setting) => buildRow(setting, measured.get(setting) ?? [], measured.get(closed) ?? []));
  console.log(`${describeMachine()}; 100 in flight, medians of ${rounds} rounds\n`);
  console.log(buildTable(rows));
  if (!quick) writeResults('admin-page', { rounds, rows });
}

function readOptions(args: readonly string[]): { readonly quick?: boolean; readonly rounds?: string } {
  try {
    return parseArgs({ args: [...args], options: { quick: { type: 'boolean' }, rounds: { type: 'string' } } }).values;
  } catch (cause) {
    throw new Error(usage, { cause });
  }
}

async function openSubjects(
  devices: number,
  cleanUp: AsyncDisposableStack,
): Promise<{ readonly plain: Subject; readonly watched: Subject; readonly port: number }> {
  const around = await openAround(cleanUp);
  const built = buildPackage(here, cleanUp);
  const port = await findPort();
  const tables = `[admin]\nlisten = "127.0.0.1:${port}"\ntoken = "${token}"\n`;
  const plain = await openSubject(around, { domain: 'push.example.org', built }, cleanUp);
  const watched = await openSubject(around, { domain: 'watched.example.org', built, tables }, cleanUp);
  for (const subject of [plain, watched]) await subject.register(devices);
  return { plain, watched, port };
}

/** In another order each round, so that what comes first is not always the same. */
function rotate<T>(list: readonly T[], by: number): readonly T[] {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

type Figures = Omit<Row, 'setting' | 'ratio'>;

function buildRow(setting: string, rounds: readonly Figures[], base: readonly Figures[]): Row {
  const of = (key: keyof Figures) => median(rounds.map((figures) => figures[key]));
  const ratio = median(rounds.map(({ cpuUsPerPush }, round) => cpuUsPerPush / (base[round]?.cpuUsPerPush ?? Number.NaN)));
  return { setting, cpuUsPerPush: of('cpuUsPerPush'), perSecond: of('perSecond'), p99Ms: of('p99Ms'), ratio };
}

function buildTable(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ setting, cpuUsPerPush, perSecond, p99Ms, ratio }) =>
      `| ${setting} | ${cpuUsPerPush.toFixed(1)} | ${ratio.toFixed(3)} | ${perSecond.toFixed(0)} | ${p99Ms.toFixed(1)} |`,
  );
  return [
    '| | CPU µs per push | beside the closed page | pushes per second | p99 ms |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...lines,
  ].join('\n');
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error && error.message === usage ? usage : error);
  process.exitCode = error instanceof Error && error.message === usage ? 2 : 1;
});
