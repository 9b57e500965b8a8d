import { call, type Reply } from './client.ts';

export interface Unregistering {
  readonly port: number;
  readonly jid: string;
  readonly account: string;
  readonly token: string;
  /** As the proxy in front would say. */
  readonly forwarded?: string;
}

/** What URLSession sends with every request of an app. */
const appHeaders = (name: string, host: string) => ({
  Host: host,
  'Content-Type': 'application/json',
  Accept: '*/*',
  'User-Agent': `${name}/1 CFNetwork/1410.0.3 Darwin/22.6.0`,
  'Accept-Language': 'en-GB,en;q=0.9',
  'Accept-Encoding': 'gzip, deflate, br',
  Connection: 'keep-alive',
});

function unregister(name: string, path: string, { port, jid, account, token, forwarded }: Unregistering): Promise<Reply> {
  // Swift's JSONEncoder escapes slashes; both apps name Siskin's provider.
  const body = JSON.stringify({ account, provider: 'tigase:messenger:apns:1', 'device-token': token }).replaceAll('/', '\\/');
  const headers = { ...appHeaders(name, jid), ...(forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded }) };
  return call({ port, path: `${path}/unregister-device/${jid}`, headers: { ...headers, 'Content-Length': Buffer.byteLength(body) }, body });
}

/** What the app makes of an answer: it reads `result` and never looks at the status; an answer it can't read is no result. */
export function understand(body: string): 'success' | 'failure' | 'unreadable' {
  try {
    const { result } = JSON.parse(body) as { readonly result?: unknown };
    return typeof result !== 'string' ? 'unreadable' : result === 'success' ? 'success' : 'failure';
  } catch {
    // Not JSON.
    return 'unreadable';
  }
}

/** Siskin since August 2021: where it can't read the answer it tries the other URL. Returns every answer it got. */
export async function callAsSiskin(device: Unregistering): Promise<readonly Reply[]> {
  const first = await unregister('Siskin%20IM', '', device);
  return understand(first.body) === 'unreadable' ? [first, await unregister('Siskin%20IM', '/rest/push', device)] : [first];
}

/** Snikket for iOS, and Siskin before: one URL only. */
export function callAsSnikket(device: Unregistering): Promise<Reply> {
  return unregister('Snikket', '', device);
}
