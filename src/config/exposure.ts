import { isIPv4 } from 'node:net';
import type { AdminConfig } from './sections/admin.ts';

/** What is said of a status page that other machines reach; undefined where only this one does. */
export function describeExposure({ listen }: AdminConfig): { readonly found: string; readonly advice: string } | undefined {
  if (isLoopback(listen.host)) return undefined;
  return {
    found: `other machines reach ${listen.host}, and there is no TLS: whoever listens in on the way learns the token`,
    advice: `set admin.listen to "127.0.0.1:${listen.port}" and come through ssh -L, or put a reverse proxy with TLS before it`,
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
