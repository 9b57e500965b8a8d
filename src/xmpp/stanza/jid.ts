/** Longest local, domain or resource part in bytes (RFC 7622 §3.1). */
const longestPart = 1023;

/** Characters no local part may hold (RFC 7622 §3.3.1), and white space or control characters anywhere. */
const notInLocal = /["&'/:<>@\s\p{Cc}]/u;
const notInDomain = /["&'/<>@\s\p{Cc}]/u;
const notInResource = /\p{Cc}/u;

export interface Jid {
  /** Empty for a domain. */
  readonly local: string;
  readonly domain: string;
  /** Empty for a bare JID. */
  readonly resource: string;
  /** `local@domain`, or the domain alone. */
  readonly bare: string;
}

/**
 * Splits a JID (RFC 7622 §3.1); local part and domain come back in lower case. Servers stamp prepared JIDs on what they
 * route, so full preparation is not repeated here. Undefined where it is not a JID.
 */
export function parseJid(text: string): Jid | undefined {
  const slash = text.indexOf('/');
  const bare = (slash < 0 ? text : text.slice(0, slash)).toLowerCase();
  const resource = slash < 0 ? '' : text.slice(slash + 1);
  const at = bare.indexOf('@');
  const local = at < 0 ? '' : bare.slice(0, at);
  const domain = bare.slice(at + 1);
  if (at === 0 || (slash >= 0 && resource === '')) return undefined;
  if (!isPart(domain, notInDomain) || (at > 0 && !isPart(local, notInLocal)) || (slash >= 0 && !isPart(resource, notInResource)))
    return undefined;
  return { local, domain, resource, bare };
}

function isPart(part: string, forbidden: RegExp): boolean {
  if (part === '' || forbidden.test(part)) return false;
  // UTF-16 length times three bounds the bytes: only long parts are really counted.
  return part.length * 3 <= longestPart || Buffer.byteLength(part) <= longestPart;
}
