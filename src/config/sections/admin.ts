import { z } from 'zod';
import { listenAddress } from '../values/address.ts';
import { list, nonEmpty } from '../values/plain.ts';

/** The status page and its API. The token is not enumerable in a {@link Config}. */
export interface AdminConfig {
  readonly listen: { readonly host: string; readonly port: number };
  readonly token: string;
  /** Host names, lower case, by which it is reached besides its address. */
  readonly hosts: readonly string[];
}

const shortestToken = 16;
const recipe = `at least ${shortestToken} letters, digits and signs without blanks (openssl rand -base64 32 makes one)`;

export const adminSection = z
  .strictObject({
    listen: listenAddress
      .prefault('127.0.0.1:5282')
      .meta({ description: 'host:port for the status page; not for the public: 127.0.0.1, or behind a reverse proxy with TLS.' }),
    token: nonEmpty(`expected a token, ${recipe}`)
      .refine((text) => /^[\x21-\x7e]+$/.test(text) && text.length >= shortestToken, { error: `expected ${recipe}` })
      .meta({ description: 'Whoever shows it may see and do everything on the status page.' }),
    hosts: list(nonEmpty('expected a host name').transform((text) => text.toLowerCase()))
      .default([])
      .meta({ description: 'Host names by which the page is reached besides its address, as through a reverse proxy.' }),
  })
  .optional()
  .meta({ description: 'The status page. Absent: off.' });
