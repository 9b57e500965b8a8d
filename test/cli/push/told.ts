import assert from 'node:assert/strict';
import type { Ended } from '../reveille.ts';

/** The lines of what `reveille push` tells, by their labels; the text below them is `meaning`. */
export function readTold(out: string): Readonly<Record<string, string>> {
  const [facts = '', meaning = ''] = out.split('\n\n');
  const rows = facts.split('\n').map((line) => [line.slice(0, 10).trim(), line.slice(10)] as const);
  return { ...Object.fromEntries(rows), meaning: meaning.replaceAll('\n', ' ').trim() };
}

export function assertHidden({ out, err }: Ended, ...tokens: readonly string[]): void {
  for (const token of tokens) assert.ok(!`${out}${err}`.toLowerCase().includes(token.toLowerCase()), 'a token is shown in full');
}
