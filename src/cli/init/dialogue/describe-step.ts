import type { Titled } from '../../../doctor/step.ts';

/** What was tried, as plain lines. */
export function describeStep(step: Titled): string {
  const head = `  ${step.verdict}: ${step.title}: ${step.found.replaceAll('\n', '\n    ')}`;
  const advice = step.verdict === 'ok' || step.verdict === 'skipped' ? undefined : step.advice;
  return advice === undefined ? head : `${head}\n    do: ${advice}`;
}
