// Room: addresses that strangers hand in, and whether anybody may be sent there. In: an endpoint. Out: addresses, or a refusal in words. May
// enter: webpush.
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { everyHost, isNamed } from '../../../src/base/host-patterns.ts';
import { buildBlocks, isBlock, isSpecial, isWithin } from './special-addresses.ts';

/** Every address of a host name. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

export interface Resolvers {
  /** For names of strangers: no hosts file, no search domains, and nobody else waits behind it. */
  readonly public: Resolve;
  /** For names that the administrator wrote down: as the machine itself would. */
  readonly system: Resolve;
}

export interface StrangerOptions {
  /** `*`, host names, `*.suffix`, addresses and blocks. */
  readonly allowHosts: readonly string[];
  /** Addresses, blocks, host names and `*.suffix`. */
  readonly allowPrivate: readonly string[];
}

const httpsPort = 443;
/** Below it live services that were never meant to be talked to by strangers. */
const firstFreePort = 1024;
/** UnifiedPush bounds endpoints so; browsers' are a third of it. */
const longestEndpoint = 1000;

/** Says of endpoints whether anything may be sent there, and resolves their hosts to addresses of which the same is true. */
export class Strangers {
  readonly #allowHosts: readonly string[];
  readonly #allowBlocks;
  readonly #privateHosts: readonly string[];
  readonly #privateBlocks;
  readonly #resolvers: Resolvers;

  constructor({ allowHosts, allowPrivate }: StrangerOptions, resolvers: Resolvers) {
    this.#allowHosts = allowHosts;
    this.#allowBlocks = buildBlocks(allowHosts.filter(isBlock));
    this.#privateHosts = allowPrivate.filter((entry) => !isBlock(entry));
    this.#privateBlocks = buildBlocks(allowPrivate.filter(isBlock));
    this.#resolvers = resolvers;
  }

  /** Why nothing is sent to this endpoint, completing "the endpoint …"; undefined where something may be, as far as the address itself tells. */
  refusalOf(endpoint: URL): string | undefined {
    const host = hostOf(endpoint);
    if (endpoint.protocol !== 'https:') return 'is not https';
    if (endpoint.href.length > longestEndpoint) return `is longer than ${longestEndpoint} characters`;
    if (endpoint.username !== '' || endpoint.password !== '') return 'has a user or a password';
    if (endpoint.hash !== '') return 'has a fragment (#)';
    if (!this.#isPort(Number(endpoint.port || httpsPort), host))
      return 'has a port that belongs to other services (below 1024, and not 443)';
    if (isIP(host) === 0) return this.#refusalOfName(host);
    if (!this.#mayReach(host)) return 'is at a private, local or reserved address, which allow-private does not name';
    return this.#isAllowed(host) ? undefined : 'is at a host that allow-hosts does not name';
  }

  /** Whether the administrator named this very host, or what is above it. */
  isNamed(host: string): boolean {
    return isNamed(host, this.#allowHosts) || isNamed(host, this.#privateHosts);
  }

  /** The addresses of a host to which something may be sent; rejects where there are none. */
  async resolve(host: string): Promise<readonly LookupAddress[]> {
    if (isNamed(host, this.#privateHosts)) return this.#resolvers.system(host);
    const addresses = await this.#resolvers.public(host);
    const reachable = addresses.filter(({ address }) => this.#mayReach(address));
    if (reachable.length > 0) return reachable;
    throw new Error(
      addresses.length === 0
        ? 'its name has no address'
        : 'its name leads to a private, local or reserved address, which allow-private does not name',
    );
  }

  #refusalOfName(host: string): string | undefined {
    if (isNamed(host, this.#privateHosts)) return undefined;
    if (host.endsWith('.')) return 'has a host that ends with a dot';
    if (!host.includes('.') || host.endsWith('.localhost')) return 'has a host that is no name on the internet';
    if (!/^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}$/.test(host)) return 'has a host that is no host name';
    return this.#isAllowed(host) ? undefined : 'is at a host that allow-hosts does not name';
  }

  #isAllowed(host: string): boolean {
    return (
      this.#allowHosts.includes(everyHost) || this.isNamed(host) || isWithin(this.#allowBlocks, host) || isWithin(this.#privateBlocks, host)
    );
  }

  #isPort(port: number, host: string): boolean {
    return port === httpsPort || port >= firstFreePort || this.isNamed(host);
  }

  #mayReach(address: string): boolean {
    return !isSpecial(address) || isWithin(this.#privateBlocks, address);
  }
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}
