import { BlockList, isIP } from 'node:net';

/**
 * Whether a NO_PROXY list excepts this URL. Entries, separated by commas or blanks: a host (with the hosts under it), a
 * `.suffix`, an address, a CIDR block, each with or without `:port`; `*` excepts everything.
 */
export function isExcepted(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = Number(url.port || 443);
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry, host, port));
}

/** localhost and 127.0.0.0/8: a proxy elsewhere could not reach them. */
export function isLoopback({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return host === 'localhost' || (isIP(host) !== 0 && (isInBlock(host, '127.0.0.0/8') || isInBlock(host, '::1/128')));
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  const { name, port: wanted } = splitPort(entry);
  if (wanted !== undefined && wanted !== port) return false;
  if (name.includes('/')) return isInBlock(host, name);
  if (isIP(name) !== 0) return name === host;
  const suffix = name.replace(/^\*?\./, '');
  return (name === suffix && host === name) || host.endsWith(`.${suffix}`);
}

/** An IPv6 address with port stands in brackets; without, its colons are its own. */
function splitPort(entry: string): { readonly name: string; readonly port: number | undefined } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [];
  const name = bracketed ?? plain;
  return name === undefined ? { name: entry, port: undefined } : { name, port: port === undefined ? undefined : Number(port) };
}

function isInBlock(host: string, block: string): boolean {
  const [network = '', bits = ''] = block.split('/');
  const family = isIP(network);
  if (isIP(host) !== family || family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return false;
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, Number(bits), kind);
  return list.check(host, kind);
}
