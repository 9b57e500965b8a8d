import { z } from 'zod';
import { flatten } from '../../push/provider/describe-outcome.ts';

const step = z.object({
  id: z.string(),
  at: z.string(),
  step: z.string(),
  provider: z.string().optional(),
  owner: z.string().optional(),
  device: z.string(),
  kind: z.string().optional(),
  decision: z.string().optional(),
  outcome: z.string().optional(),
  reason: z.string().optional(),
  ms: z.number().optional(),
});
type Step = z.output<typeof step>;

const dropped = z.object({ count: z.number() });

const decisions: Readonly<Record<string, string>> = {
  try: 'handed to the provider',
  kept: 'kept in the database, to be tried again',
  'held-back': 'held back until its turn',
};
const outcomes: Readonly<Record<string, string>> = {
  accepted: 'accepted',
  gone: 'gone: the token is dead',
  rejected: 'rejected',
  retry: 'not delivered now',
  expired: 'expired: nobody needs it any more',
  replaced: 'replaced by a newer one',
  unknown: 'refused',
};

/** One line for people. A newer Reveille may say what this one does not know: then as it came. */
export function describeStep(name: string, data: unknown): string {
  if (name === 'dropped')
    return `… ${dropped.safeParse(data).data?.count ?? 'some'} steps left out: too many at once; --provider, --outcome or --owner narrow them down`;
  const parsed = step.safeParse(data);
  if (name !== 'push' || !parsed.success) return flatten(`${name} ${JSON.stringify(data)}`);
  const { id, at, provider = '-', owner = '-', device } = parsed.data;
  // The last digits tell the pushes of one moment apart.
  return flatten(`${at.slice(11, 23)}  ${id.slice(-12)}  ${provider}  ${owner}  ${device}  ${describe(parsed.data)}`);
}

function describe({ step: what, kind = '', decision = '', outcome = '', reason, ms }: Step): string {
  if (what === 'publish') return `published (${kind})`;
  const words = what === 'decision' ? (decisions[decision] ?? decision) : (outcomes[outcome] ?? outcome);
  return [words, ms === undefined ? undefined : ` after ${Math.round(ms)} ms`, reason === undefined ? undefined : `: ${reason}`].join('');
}
