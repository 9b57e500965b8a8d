import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Authority } from '../authority.ts';

export interface ListenerOptions {
  readonly authority: Authority;
  /** MAX_CONCURRENT_STREAMS of the first SETTINGS. */
  readonly maxConcurrentStreams: number;
  /** Asks for a client certificate. A stranger's is refused in the service's own words, not by TLS. */
  readonly requestCert?: boolean;
  /** Speaks HTTP/1.1 as well. */
  readonly allowHTTP1?: boolean;
  /** Speaks nothing but HTTP/1.1. */
  readonly onlyHTTP1?: boolean;
}

export function createServer({
  authority,
  maxConcurrentStreams,
  requestCert = false,
  onlyHTTP1 = false,
  allowHTTP1 = onlyHTTP1,
}: ListenerOptions): Http2SecureServer {
  return createSecureServer({
    ...authority.server,
    ca: authority.ca,
    requestCert,
    rejectUnauthorized: false,
    allowHTTP1,
    ...(onlyHTTP1 ? { ALPNCallback: chooseHttp1 } : {}),
    settings: { maxConcurrentStreams },
    // Node counts streams that are closed but not yet cleared away; a client that keeps to the limit must not pay for it.
    maxSessionRejectedStreams: 1_000_000,
    maxSessionMemory: 100,
  });
}

function chooseHttp1({ protocols }: { readonly protocols: readonly string[] }): string | undefined {
  return protocols.find((protocol) => protocol === 'http/1.1');
}

/** Settles with `https://localhost:<port>` when the port listens; rejects when it can't. */
export function listen(server: Http2SecureServer, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(`https://localhost:${(server.address() as AddressInfo).port}`);
    });
  });
}
