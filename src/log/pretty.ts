import { styleText } from 'node:util';

const styles = { debug: 'gray', info: 'green', warn: 'yellow', error: 'red' } as const;

/** Turns the log's JSON lines into lines for people: time, level, event, then the fields as key=value. */
export function prettyLines(print: (line: string) => unknown): { write(json: string): void } {
  return { write: (json) => void print(prettyLine(json)) };
}

/** One of them. */
export function prettyLine(json: string): string {
  const { level, time, event, error, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const style = styles[level as keyof typeof styles];
  const head = `${String(time).slice(11, 19)} ${styleText(style, String(level).padEnd(5))} ${styleText('bold', String(event))}`;
  const tail = Object.entries(fields).map(
    ([key, value]) => ` ${styleText('gray', `${key}=`)}${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `${head}${tail.join('')}${error === undefined ? '' : ` ${describeError(error)}`}\n`;
}

function describeError(error: unknown): string {
  if (typeof error !== 'object' || error === null) return JSON.stringify(error);
  const { stack, message } = error as { stack?: string; message?: string };
  return stack ?? message ?? JSON.stringify(error);
}
