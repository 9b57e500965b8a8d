import { isExcepted, isLoopback } from './no-proxy.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The proxies towards an endpoint: those that are configured, else that of HTTPS_PROXY unless NO_PROXY excepts the endpoint
 * (lower case wins, as with curl). An empty list means none, whatever the environment says. Throws where HTTPS_PROXY is
 * unusable, without showing it.
 */
export function chooseProxies(configured: string | readonly string[] | undefined, origin: URL, env: Variables): readonly URL[] {
  if (configured !== undefined) return [configured].flat().map((url) => new URL(url));
  const proxy = env['https_proxy'] ?? env['HTTPS_PROXY'] ?? '';
  const exceptions = env['no_proxy'] ?? env['NO_PROXY'] ?? '';
  if (proxy.trim() === '' || isLoopback(origin) || isExcepted(origin, exceptions)) return [];
  return [parseProxy(proxy.trim())];
}

function parseProxy(text: string): URL {
  const withScheme = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url === undefined || url.hostname === '' || !['http:', 'https:'].includes(url.protocol))
    throw new Error('proxy: absent, and the environment variable HTTPS_PROXY is not the URL of an http or https proxy');
  return url;
}
