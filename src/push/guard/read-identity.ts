import type { Provider } from '../provider/provider.ts';

const form = /^[\x20-\x7e]{1,128}$/;

/** A provider's own fingerprint of its credentials, or the usual one where it has none, or no proper one. Never throws. */
export function readIdentity(provider: Provider, usual: string): string {
  try {
    const own: unknown = provider.identity;
    return typeof own === 'string' && form.test(own) ? own : usual;
  } catch {
    // A getter that fails says nothing.
    return usual;
  }
}
