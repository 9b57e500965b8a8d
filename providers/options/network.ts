import { z } from 'zod';

/** A URL of one of these schemes, as in `https:`. */
export function url(schemes: readonly string[]) {
  return z
    .string()
    .refine(
      (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol),
      `must be a URL beginning with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
    );
}

const proxyUrl = url(['http:', 'https:']);

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
