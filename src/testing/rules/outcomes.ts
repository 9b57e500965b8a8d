import type { Outcome } from '../../index.ts';
import { buildCases } from '../cases.ts';
import type { Rule } from '../rule.ts';
import type { Trial } from '../trial.ts';

const anyKind: readonly Outcome['kind'][] = ['accepted', 'gone', 'rejected', 'retry'];

export const outcomeRules: readonly Rule[] = [
  buildRule('accepted', 'says accepted, whatever the notification is, when the service takes the push'),
  buildRule('gone', 'says gone, whatever the notification is, when the service calls the token dead'),
  buildRule('rejected', 'says rejected, whatever the notification is, when the service refuses the push'),
  buildRule('retry', 'says retry, whatever the notification is, when the service is in trouble'),
];

function buildRule(kind: Outcome['kind'], name: string): Rule {
  return { name, check: (trial) => checkKind(trial, kind) };
}

async function checkKind(trial: Trial, kind: Outcome['kind']): Promise<void> {
  const pushes = buildCases(() => trial.buildToken());
  if (!(await trial.arrange(kind, ...pushes.values()))) return;
  const provider = await trial.create();
  for (const [name, push] of pushes) {
    const isDelivered = trial.subject.undelivered?.[name] === undefined;
    trial.expect(await trial.push(provider, push), isDelivered ? [kind] : anyKind, name);
  }
}
