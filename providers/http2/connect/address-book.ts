import { lookup as resolveBySystem } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction, Socket } from 'node:net';

/** Finds the addresses of a host afresh for every connection, those with the fewest of our connections first. */
export interface AddressBook {
  readonly lookup: LookupFunction;
  /** Counts an open connection until it closes. */
  note(socket: Socket): void;
}

type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

export function createAddressBook(resolve: Resolve = (hostname) => resolveBySystem(hostname, { all: true })): AddressBook {
  const inUse = new Map<string, number>();
  const add = (address: string, by: number) => inUse.set(address, (inUse.get(address) ?? 0) + by);
  return {
    lookup(hostname, options, callback) {
      const tell = (addresses: readonly LookupAddress[]) => {
        const sorted = sortAddresses(addresses, (address) => inUse.get(address) ?? 0);
        if (options.all === true) callback(null, sorted);
        else callback(null, sorted[0]?.address ?? '', sorted[0]?.family);
      };
      resolve(hostname).then(tell, (error: unknown) => callback(error as NodeJS.ErrnoException, []));
    },
    note(socket) {
      const address = socket.remoteAddress;
      if (address === undefined) return;
      add(address, 1);
      socket.once('close', () => add(address, -1));
    },
  };
}

/** The resolver knows which family works better here (RFC 6724); within a family chance decides between equals. */
function sortAddresses(addresses: readonly LookupAddress[], load: (address: string) => number): LookupAddress[] {
  const first = addresses[0]?.family;
  const rank = ({ family }: LookupAddress) => (family === first ? 0 : 1);
  return addresses
    .map((address) => ({ address, load: load(address.address), chance: Math.random() }))
    .sort((a, b) => rank(a.address) - rank(b.address) || a.load - b.load || a.chance - b.chance)
    .map(({ address }) => address);
}
