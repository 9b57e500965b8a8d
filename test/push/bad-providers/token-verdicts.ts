import type { Provider } from '../../../src/index.ts';

/** What a provider may make of `checkToken`, by name; none of it is a verdict. */
const verdicts: Readonly<Record<string, (text: string) => unknown>> = {
  throws: (text) => {
    throw new Error(`a bug at ${text}`);
  },
  hangs: () => new Promise(() => undefined),
  'rejects later': (text) => Promise.reject(new Error(`a late bug at ${text}`)),
  'is asynchronous': async (text) => ({ kind: 'refused', reason: `is ${text}` }),
  'returns nothing': () => undefined,
  'returns a text': () => 'refused',
  'returns true': () => true,
  'knows another kind': () => ({ kind: 'perhaps' }),
  'gives no token': () => ({ kind: 'token' }),
  'gives an empty token': () => ({ kind: 'token', token: '' }),
  'gives bytes for a token': (text) => ({ kind: 'token', token: Buffer.from(text) }),
  'gives no reason': () => ({ kind: 'refused' }),
  'has fields that throw': () => ({
    get kind() {
      throw new Error('a bug');
    },
  }),
};

export const badVerdicts: readonly string[] = Object.keys(verdicts);

export const badVerdictProvider = new URL(import.meta.url).pathname;

/** A provider that takes every push; its option `verdict` names what it does in `checkToken`. */
export default function create(options: unknown): Provider {
  const checkToken = verdicts[(options as { verdict: string }).verdict] as Provider['checkToken'];
  return {
    push: async () => ({ kind: 'accepted' }),
    status: () => ({ ready: true }),
    close: async () => undefined,
    ...(checkToken === undefined ? {} : { checkToken }),
  };
}
