import type { Outcome, Push } from '../../../src/index.ts';
import { replacing, rule, type Defect, type Defects } from './defect.ts';

/** What another provider would make of this outcome. */
function turning(change: (outcome: Outcome, push: Push) => unknown): Defect['spoil'] {
  return replacing((good) => ({
    push: async (push: Push, signal: AbortSignal) => change(await good.push(push, signal), push),
  }));
}

function instead(kind: Outcome['kind'], give: (push: Push) => unknown): Defect['spoil'] {
  return turning((outcome, push) => (outcome.kind === kind ? give(push) : outcome));
}

function fail(): never {
  throw new Error('no idea what to do');
}

export const outcomeDefects: Defects = {
  'throws where the service is in trouble': {
    spoil: turning((outcome) => (isTrouble(outcome) ? fail() : outcome)),
    noticedBy: [rule.retry],
  },
  'never settles where the service refuses a push': {
    spoil: turning((outcome) => (outcome.kind === 'rejected' && outcome.reason === 'HTTP 400' ? new Promise(() => undefined) : outcome)),
    noticedBy: [rule.rejected],
  },
  'settles with something else': {
    spoil: turning((outcome) => (outcome.kind === 'rejected' ? 'rejected' : outcome)),
    noticedBy: [rule.rejected, rule.expiry],
  },
  'knows a fifth kind': { spoil: instead('gone', () => ({ kind: 'dead' })), noticedBy: [rule.gone, rule.crowd] },
  'gives an invalid date': {
    spoil: instead('gone', () => ({ kind: 'gone', since: new Date('soon') })),
    noticedBy: [rule.gone, rule.crowd],
  },
  'takes trouble for a dead token': {
    spoil: turning((outcome) => (isTrouble(outcome) ? { kind: 'gone' } : outcome)),
    noticedBy: [rule.retry],
  },
  'shows the token in a reason': {
    spoil: turning((outcome, push) => (isTrouble(outcome) ? { kind: 'retry', reason: `not now: ${push.token}` } : outcome)),
    noticedBy: [rule.retry],
  },
  'waits for NaN milliseconds': {
    spoil: turning((outcome) => (isTrouble(outcome) ? { ...outcome, afterMs: NaN } : outcome)),
    noticedBy: [rule.retry],
  },
  'remembers a NUL': {
    spoil: turning((outcome, push) => (isRemoval(push) && outcome.kind === 'accepted' ? { ...outcome, remember: 'a\0b' } : outcome)),
    noticedBy: [rule.accepted],
  },
  'lets something else fail': {
    spoil: turning((outcome) => {
      if (isTrouble(outcome)) void Promise.reject(new Error('nobody catches it'));
      return outcome;
    }),
    noticedBy: [rule.retry, rule.troubles],
    isUncaught: true,
  },
  'gives all the outcome of one': { spoil: mixUp, noticedBy: [rule.crowd] },
};

function isTrouble(outcome: Outcome): boolean {
  return outcome.kind === 'retry' && outcome.reason === 'HTTP 503';
}

function isRemoval(push: Push): boolean {
  return push.notification.event !== undefined;
}

/** From the 400th push at once on. */
function mixUp(...[create]: Parameters<Defect['spoil']>): ReturnType<Defect['spoil']> {
  return replacing((good) => {
    let underWay = 0;
    let shared: Promise<Outcome> | undefined;
    return {
      async push(push: Push, signal: AbortSignal) {
        underWay += 1;
        const outcome = underWay < 400 ? good.push(push, signal) : (shared ??= good.push(push, signal));
        try {
          return await outcome;
        } finally {
          underWay -= 1;
        }
      },
    };
  })(create);
}
