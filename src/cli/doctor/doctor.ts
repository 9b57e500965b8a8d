// Room: reveille doctor, printed. In: options. Out: steps in words or JSON. May enter: cli.
import { limitSignal } from '../../base/limit.ts';
import type { Step } from '../../doctor/step.ts';
import { parseOptions } from '../line/arguments.ts';
import { createReport } from './report.ts';
import { examineFile } from './examine-file.ts';
import { listenForInterrupt } from '../signals.ts';
import { UsageError } from '../line/usage-error.ts';

/** No step takes nearly as long; this is for what nobody thought of. */
const wholeLimitMs = 180_000;

const known = { config: { type: 'string' }, json: { type: 'boolean', default: false } } as const;

/**
 * `reveille doctor`: tries every link on the way of a stanza and prints each step as soon as it is known. Settles with 0, or
 * with 1 where a step failed or it was interrupted. Changes nothing and disturbs no running Reveille.
 */
export async function doctor(args: readonly string[]): Promise<number> {
  const { config: file, json } = parseOptions(args, known);
  if (file === undefined || file === '') throw new UsageError('--config FILE is missing');
  const signal = limitSignal(listenForInterrupt(), wholeLimitMs);
  const report = createReport(json, process.stdout);
  const steps: Step[] = [];
  for await (const step of examineFile(file, signal)) {
    steps.push(step);
    report.tell(step);
  }
  report.end(steps, signal.aborted);
  return signal.aborted || steps.some(({ verdict }) => verdict === 'failed') ? 1 : 0;
}
