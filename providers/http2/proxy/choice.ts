import { isExcepted, isLoopback } from './no-proxy.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The proxies towards an endpoint: those that are configured, else that of HTTPS_PROXY unless NO_PROXY excepts the endpoint
 * (lower case wins, as with curl). An empty list means none, whatever the environment says. Throws where HTTPS_PROXY is
 * unusable, without showing it.
 */
export function chooseProxies(configured: string | readonly string[] | undefined, origin: URL, env: Variables): readonly URL[] {
  if (configured !== undefined) return [configured].flat().map((url) => new URL(url));
  const variable = env['https_proxy'] === undefined ? 'HTTPS_PROXY' : 'https_proxy';
  const proxy = env[variable] ?? '';
  const exceptions = env['no_proxy'] ?? env['NO_PROXY'] ?? '';
  if (proxy.trim() === '' || isLoopback(origin) || isExcepted(origin, exceptions)) return [];
  return [parseProxy(proxy.trim(), variable)];
}

function parseProxy(text: string, variable: string): URL {
  const withScheme = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url === undefined || url.hostname === '' || !['http:', 'https:'].includes(url.protocol))
    throw new Error(`proxy: absent, and the environment variable ${variable} is not the URL of an http or https proxy`);
  if (!hasDecodableUser(url))
    throw new Error(`proxy: absent, and the environment variable ${variable} has a % in user or password that must be written as %25`);
  return url;
}

/** Whether user and password can be taken out of a URL as they were meant. */
export function hasDecodableUser({ username, password }: URL): boolean {
  try {
    return decodeURIComponent(username + password).length >= 0;
  } catch {
    return false; // a bare percent sign, or what is no UTF-8
  }
}
