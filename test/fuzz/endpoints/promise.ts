import { isIP } from 'node:net';

const local4 =
  /^(?:0|10|127)\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^192\.168\.|^192\.0\.[02]\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^198\.1[89]\.|^(?:22[4-9]|2[3-5]\d)\./;
/** What is not between 2000:: and 3fff::, and of that what hides an IPv4 address or is in no network. */
const local6 = /^(?![23][\da-f]{3}:)|^2002:|^2001:(?:[\da-f]{1,2}|1[\da-f]{2})?:|^2001:db8:/;

/** What a taken token may be, judged by other means than the provider's. Throws a sentence where it is anything else. */
export function checkTaken(token: string): URL {
  if (!/^[\x21-\x7e]{1,4096}$/.test(token)) throw new Error('took what is no word of printable ASCII');
  const endpoint = token.startsWith('{') ? (JSON.parse(token) as { readonly endpoint: string }).endpoint : token;
  const url = new URL(endpoint);
  if (url.href !== endpoint) throw new Error('took an endpoint in another spelling than its own');
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.hash !== '')
    throw new Error(`took ${url.protocol} or a user`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost' || host.endsWith('.localhost') || host.endsWith('.')) throw new Error('took a name of this machine');
  if (isIP(host) === 4 && local4.test(host)) throw new Error(`took ${host}`);
  if (isIP(host) === 6 && local6.test(host)) throw new Error(`took ${host}`);
  return url;
}
