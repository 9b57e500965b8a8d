import { z } from 'zod';

const maxPartBytes = 1023;

/** A domain in lower case as RFC 7622 §3.2 has it (names, also internationalised ones, and IPv4 addresses); undefined if it is none. */
export function parseDomain(text: string): string | undefined {
  const domain = text.toLowerCase().normalize('NFC');
  const label = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?$/u;
  return isShort(domain) && domain.split('.').every((part) => label.test(part)) ? domain : undefined;
}

/** `localpart@domain` in lower case (RFC 7622 §3.3); undefined with a resource, without localpart, or if it is no JID. */
export function parseBareJid(text: string): string | undefined {
  const at = text.indexOf('@');
  const local = text.slice(0, Math.max(at, 0)).toLowerCase().normalize('NFC');
  const domain = parseDomain(text.slice(at + 1));
  if (domain === undefined || !isShort(local) || !/^[^\s"&'/:<>@\p{Cc}]+$/u.test(local)) return undefined;
  return `${local}@${domain}`;
}

export const componentDomain = text('expected a domain such as "push.example.org"', parseDomain);
export const adminJid = text('expected a bare JID such as "admin@example.org"', parseBareJid);
export const registrantDomain = text('expected a domain such as "example.org", or "*"', (value) =>
  value === '*' ? '*' : parseDomain(value),
);

function text(error: string, parse: (value: string) => string | undefined): z.ZodType<string, string> {
  return z.string({ error }).transform((value, context) => {
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: error });
    return z.NEVER;
  });
}

function isShort(part: string): boolean {
  return Buffer.byteLength(part) <= maxPartBytes;
}
