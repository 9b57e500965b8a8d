import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const corpus = join(import.meta.dirname, 'corpus');

/** An input that was kept. */
export interface Kept {
  readonly file: string;
  readonly input: unknown;
}

/** The inputs kept for a target, in the order of their names. */
export function readCorpus(target: string): readonly Kept[] {
  const folder = join(corpus, target);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((file) => ({ file, input: JSON.parse(readFileSync(join(folder, file), 'utf8')) as unknown }));
}

/** Writes an input as a file of the corpus would be, into the folder; returns the file's path. */
export function writeFinding(folder: string, name: string, input: unknown): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  writeFileSync(file, `${JSON.stringify(input, undefined, 2)}\n`);
  return file;
}
