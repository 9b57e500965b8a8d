import { connect } from 'node:net';
import type { Outcome, Push } from '../../../src/index.ts';
import { replacing, rule, type Defects } from './defect.ts';

const never = new AbortController().signal;
const distantMs = 3_600_000;

export const pushDefects: Defects = {
  'connects when it is created': {
    spoil: (create) => (options, tools) => {
      const { port } = URL.parse((options as { url: string }).url) ?? {};
      connect(Number(port ?? 1), '127.0.0.1')
        .on('error', () => undefined)
        .end();
      return create(options, tools);
    },
    noticedBy: [rule.creation],
  },
  'hangs at a token of two lines': {
    spoil: replacing((good) => ({
      push: (push: Push, signal: AbortSignal) => (push.token.includes('\n') ? new Promise(() => undefined) : good.push(push, signal)),
    })),
    noticedBy: [rule.tokens],
  },
  'follows the path in a token': {
    spoil: replacing((good) => ({
      push: (push: Push, signal: AbortSignal) => good.push({ ...push, token: push.token.replace(/^(\.\.\/)+/, '') }, signal),
    })),
    noticedBy: [rule.tokens],
  },
  'ignores its signal': {
    spoil: replacing((good) => ({ push: (push: Push) => good.push(push, never) })),
    noticedBy: [rule.abortedUnderWay, rule.abortedTogether],
  },
  'calls an aborted push accepted': {
    spoil: replacing((good) => ({
      push: async (push: Push, signal: AbortSignal) => {
        const outcome = await good.push(push, signal);
        return signal.aborted ? ({ kind: 'accepted' } satisfies Outcome) : outcome;
      },
    })),
    noticedBy: [rule.abortedBefore, rule.abortedUnderWay, rule.abortedTogether],
  },
  'leaves listeners on the signal until it aborts': {
    spoil: replacing((good) => ({
      push: (push: Push, signal: AbortSignal) => {
        signal.addEventListener('abort', () => undefined, { once: true });
        return good.push(push, signal);
      },
    })),
    noticedBy: [rule.listeners],
  },
  'sends stale pushes': {
    spoil: replacing((good) => ({
      push: (push: Push, signal: AbortSignal) => good.push({ ...push, expiresAt: new Date(Date.now() + distantMs) }, signal),
    })),
    noticedBy: [rule.expiry],
  },
  'sends stale pushes and calls them rejected': {
    spoil: replacing((good) => ({
      push: async (push: Push, signal: AbortSignal) => {
        const outcome = await good.push({ ...push, expiresAt: new Date(Date.now() + distantMs) }, signal);
        return push.expiresAt.getTime() < Date.now() ? { kind: 'rejected', reason: 'late' } : outcome;
      },
    })),
    noticedBy: [rule.expiry],
  },
  'sets a Date of a push': {
    spoil: replacing((good) => ({
      push: (push: Push, signal: AbortSignal) => {
        push.registeredAt.setTime(0);
        return good.push(push, signal);
      },
    })),
    noticedBy: [rule.purity],
  },
  'fills its options in': {
    spoil: (create) => (options, tools) => {
      const provider = create(options, tools);
      Object.assign(options as object, { retries: 3 });
      return provider;
    },
    // Another provider on the same options meets the key.
    noticedBy: [rule.purity, rule.neighbour],
  },
};
