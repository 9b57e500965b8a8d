import { cpus } from 'node:os';

/** What a run came to. */
export interface Report {
  /** For people: the tables, and what is wrong. */
  readonly text: string;
  readonly svg: string;
  readonly isBalanced: boolean;
  readonly isFlat: boolean;
}

export function describeMachine(): string {
  return `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, Node.js ${process.versions.node}`;
}

/** Milliseconds as people read them in a table. */
export function formatMs(ms: number): string {
  return Number.isFinite(ms) ? ms.toFixed(ms < 10 ? 1 : 0) : '–';
}

export function formatMb(mb: number): string {
  return Number.isFinite(mb) ? mb.toFixed(0) : '–';
}

/** Names and how often each came about, as a line of text. */
export function formatCounts(counts: ReadonlyMap<string, number>): string {
  return counts.size === 0 ? 'none' : [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
}
