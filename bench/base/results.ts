import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../results/', import.meta.url));

export function describeMachine(): string {
  return `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, Node ${process.version}`;
}

/** As bench/results/NAME.json, with time and machine. */
export function writeResults(name: string, results: Readonly<Record<string, unknown>>): void {
  mkdirSync(folder, { recursive: true });
  const all = { at: new Date().toISOString(), machine: describeMachine(), ...results };
  writeFileSync(`${folder}${name}.json`, `${JSON.stringify(all, null, 2)}\n`);
}
