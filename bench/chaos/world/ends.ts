import { readFileSync, statSync } from 'node:fs';

/** How a process ended that nobody had told to, or not as it was told. */
export interface End {
  readonly instance: string;
  /** Exit status or signal. */
  readonly how: string;
  /** What it was told; undefined where nobody had told it anything. */
  readonly told: 'SIGTERM' | undefined;
  /** The end of what it said, without the lines of single pushes. */
  readonly lastLines: readonly string[];
}

const shownLines = 3;
const shownCharacters = 400;
/** The one end that is no fault of the program: a service manager starts it again, and it never took part. */
const withoutDatabase = /^reveille serve failed: the database /;

/** Where a log ends now: what comes later is of the next process. */
export function endOfLog(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** What the process wrote last that began to write at `since`. */
export function readLastLines(file: string, since: number): readonly string[] {
  const lines = readFileSync(file).subarray(since).toString('utf8').split('\n');
  const telling = lines.filter((line) => line !== '' && !line.includes('"event":"push"'));
  return telling.slice(-shownLines).map((line) => line.slice(0, shownCharacters));
}

/** Where the process listens that began to write at `since`, once it says so. */
export function readHttpAddress(file: string, since: number): string | undefined {
  return /"http":"([^"]+)"/.exec(readFileSync(file).subarray(since).toString('utf8'))?.[1];
}

/** Whether it gave up because there was no database when it started. */
export function isWithoutDatabase({ lastLines }: End): boolean {
  return lastLines.some((line) => withoutDatabase.test(line));
}

/** One paragraph an end. */
export function describeEnd(end: End): string {
  const { instance, how, told = 'nothing', lastLines } = end;
  const reason = isWithoutDatabase(end) ? 'no database at its start' : 'a FAULT of the program';
  return [`instance ${instance} ended with ${how}, told ${told}: ${reason}`, ...lastLines.map((line) => `  ${line}`)].join('\n');
}
