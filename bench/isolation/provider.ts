import type { Outcome, Provider } from '../../src/index.ts';

/** What providers of the bench do with every push. */
const behaviours: Readonly<Record<string, () => Promise<Outcome>>> = {
  accept: () => Promise.resolve({ kind: 'accepted' }),
  hang: () => new Promise<never>(() => undefined),
  throw: () => {
    throw new Error('a bug in the provider');
  },
};

export default function create(options: { readonly behaviour: string }): Provider {
  const push = behaviours[options.behaviour];
  if (push === undefined) throw new Error('behaviour: expected accept, hang or throw');
  return { push, status: () => ({ ready: true }), close: () => Promise.resolve() };
}
