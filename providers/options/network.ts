import { z } from 'zod';
import { hasDecodableUser } from '../http2/proxy/choice.ts';

/** A URL of one of these schemes, as in `https:`. */
export function url(schemes: readonly string[]) {
  return z
    .string()
    .refine(
      (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol),
      `must be a URL beginning with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
    );
}

/** User and password are taken out of it as they were meant. */
const proxyUrl = url(['http:', 'https:']).refine(
  (text) => !URL.canParse(text) || hasDecodableUser(new URL(text)),
  'has a % in user or password that is no percent-encoding; write it as %25',
);

/** Where requests go: everything behind the host would be ignored. */
export function endpoint(retired: Readonly<Record<string, string>>) {
  return url(['https:']).superRefine((text, context) => {
    if (!URL.canParse(text)) return;
    const { hostname, pathname, search, hash, username, password } = new URL(text);
    const reason = Object.hasOwn(retired, hostname) ? retired[hostname] : undefined;
    if (reason !== undefined) context.addIssue({ code: 'custom', message: reason });
    else if (username !== '' || password !== '') context.addIssue({ code: 'custom', message: 'must have no user and password' });
    else if (pathname !== '/' || search !== '' || hash !== '')
      context.addIssue({ code: 'custom', message: 'must end behind host and port; the path is that of the push service and known' });
  });
}

/** Options of every provider that opens connections through `providers/http2`, its endpoint apart. */
export const networkOptions = {
  'ca-file': z.string().optional().describe('PEM file with a further trust anchor for the endpoints.'),
  proxy: z
    .union([proxyUrl, z.array(proxyUrl)])
    .optional()
    .meta({ secret: true })
    .describe(
      'HTTP CONNECT proxy, with user and password percent-encoded: http://user:pass@proxy:3128; or a list of them, tried in turn. ' +
        'Absent: that of HTTPS_PROXY, subject to NO_PROXY. An empty list: none.',
    ),
};
