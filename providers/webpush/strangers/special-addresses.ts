import { BlockList, isIP } from 'node:net';

/**
 * What no push service on the internet lives at: IANA's special-purpose registries (RFC 6890), multicast, and what leads to another
 * address in disguise.
 */
const special4 = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // shared: carrier-grade NAT, and the metadata of some clouds
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // public by its number, but every machine at Azure finds its host there
  '169.254.0.0/16', // link-local, and the metadata of most clouds
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // AMT
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
];

/** Global unicast. Outside of it are loopback, mapped and NAT64 addresses, unique local, link-local and multicast ones. */
const global6 = '2000::/3';
const special6 = [
  '2001::/23', // protocol assignments: Teredo, benchmarks, ORCHID
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: an IPv4 address in disguise
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
];

const special = buildBlocks([...special4, ...special6]);
const global = buildBlocks([global6]);

/** A list of addresses and `address/bits` blocks, each of which {@link isBlock}. */
export function buildBlocks(blocks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of blocks) {
    const { address, bits, family } = parseBlock(block);
    list.addSubnet(address, bits, family);
  }
  return list;
}

/** An address, or a block of them. */
export function isBlock(text: string): boolean {
  const { address, bits, family } = parseBlock(text);
  return isIP(address) !== 0 && Number.isInteger(bits) && bits <= (family === 'ipv4' ? 32 : 128);
}

/** Whether only those who are at home there may be sent to this address; true for what is no address at all. */
export function isSpecial(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return special.check(address, 'ipv4');
    case 6:
      return !global.check(address, 'ipv6') || special.check(address, 'ipv6');
    default:
      return true;
  }
}

/** Whether an address is in one of these blocks. An IPv4 address in IPv6 clothes is not what its block allows. */
export function isWithin(list: BlockList, address: string): boolean {
  if (isIP(address) === 4) return list.check(address, 'ipv4');
  return isIP(address) === 6 && !isMapped(address) && list.check(address, 'ipv6');
}

const mapped = new BlockList();
mapped.addSubnet('::ffff:0:0', 96, 'ipv6');

function isMapped(address: string): boolean {
  return mapped.check(address, 'ipv6');
}

function parseBlock(block: string): { readonly address: string; readonly bits: number; readonly family: 'ipv4' | 'ipv6' } {
  const [address = '', bits, ...more] = block.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const whole = family === 'ipv6' ? 128 : 32;
  if (bits === undefined) return { address, bits: whole, family };
  return { address, bits: more.length === 0 && /^\d{1,3}$/.test(bits) ? Number(bits) : NaN, family };
}
