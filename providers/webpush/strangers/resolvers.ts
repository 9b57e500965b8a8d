import { lookup, Resolver } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import type { Resolvers } from './strangers.ts';

/** One name server that does not answer costs this much, and the next one is asked. */
const timeoutMs = 1_500;
const tries = 2;

/**
 * `dns.lookup` has four threads for the whole process: a stranger's name server that does not answer would keep Apple's name waiting.
 * What asks the name servers itself has none, and knows no hosts file.
 */
export function createResolvers(): Resolvers {
  const resolver = new Resolver({ timeout: timeoutMs, tries });
  return {
    public: async (host) => {
      const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
      const found = [...readAddresses(four, 4), ...readAddresses(six, 6)];
      if (found.length === 0 && four.status === 'rejected') throw four.reason;
      return found;
    },
    system: (host) => lookup(host, { all: true }),
  };
}

function readAddresses(result: PromiseSettledResult<string[]>, family: 4 | 6): LookupAddress[] {
  return result.status === 'fulfilled' ? result.value.map((address) => ({ address, family })) : [];
}
