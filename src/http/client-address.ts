import { isIPv4, isIPv6 } from 'node:net';
import type { IncomingMessage } from 'node:http';

/** Groups of 16 bits that a provider gives to one customer as a whole. */
const groupsOfNetwork = 4;

/**
 * Whom rate limits count: an IPv4 address, or the /64 network of an IPv6 address, which one customer has to himself.
 * Behind a trusted proxy it is the last entry of `X-Forwarded-For`: that one the proxy itself wrote, all before it are
 * hearsay. Without a readable entry it is the proxy, so that leaving the header out wins nothing.
 */
export function readClient(request: IncomingMessage, trustProxy: boolean): string {
  const socket = request.socket.remoteAddress ?? 'unknown';
  const forwarded = trustProxy ? [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',').at(-1) : undefined;
  return (forwarded === undefined ? undefined : parseNetwork(forwarded)) ?? parseNetwork(socket) ?? socket;
}

/** Undefined for what is no address. Takes it also with a port, as some proxies write it. */
export function parseNetwork(text: string): string | undefined {
  const [, bracketed, withPort] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/.exec(text.trim()) ?? [];
  const address = (bracketed ?? withPort ?? text.trim()).replace(/%.*$/, '');
  if (isIPv4(address)) return address;
  return isIPv6(address) ? buildNetwork(address) : undefined;
}

function buildNetwork(address: string): string {
  const groups = expand(address);
  const [high = 0, low = 0] = groups.slice(-2);
  // An IPv4 address in IPv6 dress (RFC 4291 §2.5.5.2), as sockets that listen on both show it.
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  return `${groups
    .slice(0, groupsOfNetwork)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

function expand(address: string): number[] {
  // URLs write IPv6 in one form only (RFC 5952), also what came with dotted digits.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [left, right] = [parseGroups(head), parseGroups(tail ?? '')];
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function parseGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}
