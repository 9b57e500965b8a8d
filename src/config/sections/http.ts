import { z } from 'zod';
import { listenAddress } from '../values/address.ts';
import { path } from '../values/plain.ts';

/** The HTTP side. */
export interface HttpConfig {
  readonly listen: { readonly host: string; readonly port: number };
  /** Folder of REST handlers; absolute in a {@link Config}. */
  readonly rest: string | undefined;
  readonly trustProxy: boolean;
}

export const httpSection = z
  .strictObject({
    listen: listenAddress.prefault('127.0.0.1:5281').meta({ description: 'host:port for REST, health and metrics.' }),
    rest: path().optional().meta({ description: 'Folder of REST handlers: each file becomes the route of its path.' }),
    'trust-proxy': z
      .boolean()
      .default(false)
      .meta({ description: 'True behind a reverse proxy that sets X-Forwarded-For: rate limits then count its clients.' }),
  })
  .prefault({})
  .meta({ description: 'The HTTP side.' })
  .transform(({ listen, rest, 'trust-proxy': trustProxy }): HttpConfig => ({ listen, rest, trustProxy }));
