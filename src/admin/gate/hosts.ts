import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/**
 * Whether a browser that sends this `Host` can't have been led here by a foreign page: a name that its owner may point anywhere is
 * known only where the configuration names it. Addresses and `localhost` belong to nobody.
 */
export function isKnownHost(host: string | undefined, names: readonly string[]): boolean {
  const name = nameOf(host ?? '');
  return name !== undefined && (name === 'localhost' || isIP(name) !== 0 || names.includes(name));
}

/** Without the headers it is no browser, and without a token it gets nothing either way. */
export function isOwnPage({ origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (typeof site === 'string' && site !== 'same-origin' && site !== 'none') return false;
  return origin === undefined || (host !== undefined && /^https?:\/\/(.+)$/.exec(origin)?.[1]?.toLowerCase() === host.toLowerCase());
}

/** Without port and brackets, lower case; undefined where it is no host. */
function nameOf(host: string): string | undefined {
  const [, inBrackets, plain] = /^(?:\[([\da-f:.]+)\]|([a-z\d._-]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  return (inBrackets ?? plain)?.toLowerCase();
}
