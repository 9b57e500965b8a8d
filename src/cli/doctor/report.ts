import type { Step, Verdict } from '../../doctor/step.ts';

/** Where a report goes. */
export interface Destination {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface Report {
  tell(step: Step): void;
  end(steps: readonly Step[], isInterrupted: boolean): void;
}

const signs: Readonly<Record<Verdict, string>> = { ok: '✔', warning: '!', failed: '✘', skipped: '–' };
const indent = '      ';
const labelWidth = 7;

/** One JSON object a line, or text; secrets are hidden in the steps already. */
export function createReport(json: boolean, destination: Destination): Report {
  const write = (text: string) => void destination.write(`${text}\n`);
  if (json) {
    return {
      tell: (step) => write(JSON.stringify(step)),
      end: (steps, isInterrupted) => write(JSON.stringify({ summary: { ...count(steps), interrupted: isInterrupted } })),
    };
  }
  const isTerminal = destination.isTTY === true;
  return {
    tell: (step) => write(describeStep(step, isTerminal)),
    end: (steps, isInterrupted) => write(describeEnd(count(steps), isInterrupted)),
  };
}

type Counts = Readonly<Record<Verdict, number>>;

function count(steps: readonly Step[]): Counts {
  const of = (wanted: Verdict) => steps.filter(({ verdict }) => verdict === wanted).length;
  return { ok: of('ok'), warning: of('warning'), failed: of('failed'), skipped: of('skipped') };
}

function describeStep(step: Step, isTerminal: boolean): string {
  const verdict = isTerminal ? signs[step.verdict] : step.verdict;
  const head = `${String(step.number).padStart(3)}.  ${isTerminal ? `${verdict} ${step.title}` : `${step.title}: ${verdict}`}`;
  if (step.verdict === 'skipped') return `${head}\n${describeLine('because', step.found)}`;
  const { tried, found, advice } = step;
  const lines = [describeLine('tried', tried), describeLine('found', found)];
  if (step.verdict !== 'ok' && advice !== undefined) lines.push(describeLine('do', advice));
  return [head, ...lines].join('\n');
}

function describeLine(label: string, text: string): string {
  const [first = '', ...more] = text.split('\n');
  const head = `${indent}${label.padEnd(labelWidth)} ${first}`;
  return [head, ...more.map((line) => `${indent}${' '.repeat(labelWidth)} ${line}`)].join('\n');
}

function describeEnd({ ok, warning, failed, skipped }: Counts, isInterrupted: boolean): string {
  const numbers = `${ok} ok, ${warning} to look at, ${failed} failed, ${skipped} skipped`;
  if (isInterrupted) return `\nInterrupted: ${numbers}.`;
  return `\n${failed > 0 ? 'Something is wrong' : warning > 0 ? 'It works, with warnings' : 'All is well'}: ${numbers}.`;
}
