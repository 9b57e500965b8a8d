import type { Provider } from '../provider/provider.ts';

const form = /^[\x20-\x7e]{1,128}$/;

/**
 * Reads a provider's own fingerprint of its credentials, or the usual one where it has none, or no proper one. Never throws. It is asked
 * with every push and seldom changes: what was found proper the last time is not examined again.
 */
export function createIdentityReader(provider: Provider, usual: string): () => string {
  let last = usual;
  return () => {
    try {
      const own: unknown = provider.identity;
      if (own === last) return last;
      if (typeof own !== 'string' || !form.test(own)) return usual;
      last = own;
      return own;
    } catch {
      // A getter that fails says nothing.
      return usual;
    }
  };
}
