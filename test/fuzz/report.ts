import { createHash } from 'node:crypto';
import { writeFinding } from './corpus-files.ts';
import type { Finding, TargetReport } from './run.ts';

const longestShown = 2_000;

/** The report of a target as text; each finding's input is written into the folder. */
export function describeReport(report: TargetReport, folder: string): string {
  const { target, corpus, random, seconds, outcomes, broken, findings } = report;
  const rate = Math.round((corpus + random) / seconds);
  const head = `${target}: ${corpus} inputs of the corpus and ${random} random ones, ${rate} a second; findings: ${broken}`;
  const kinds = [...outcomes].sort(([a], [b]) => a.localeCompare(b)).map(([kind, count]) => `  ${String(count).padStart(8)}  ${kind}`);
  return [head, ...kinds, ...findings.map((finding) => describeFinding(finding, target, folder))].join('\n');
}

function describeFinding({ reason, from, input }: Finding, target: string, folder: string): string {
  const head = `  FINDING (${from}): ${reason}`;
  if (input === undefined) return head;
  const text = JSON.stringify(input);
  const name = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return `${head}\n    ${text.slice(0, longestShown)}\n    ${writeFinding(folder, `${target}-${name}`, input)}`;
}
