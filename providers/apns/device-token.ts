import type { TokenVerdict } from '../../src/index.ts';

/** Apple asks not to assume a length; this is a bound against nonsense. */
const tokenPattern = /^[0-9a-f]{2,400}$/i;
/** They were 32 bytes for years; a quarter of it nobody ever saw. */
const registrable = /^(?:[0-9a-f]{2}){8,200}$/i;

export function isDeviceToken(token: string): boolean {
  return tokenPattern.test(token);
}

/** Contract of `Provider.checkToken`. Old apps send the description of the bytes: `<0a1b2c3d 4e5f…>`. */
export function checkDeviceToken(text: string): TokenVerdict {
  const token = text.replace(/^\s*<|>\s*$|\s+/g, '');
  return registrable.test(token) ? { kind: 'token', token } : { kind: 'refused', reason: `${nameMistake(text.trim(), token)}; ${advice}` };
}

const advice = 'a token of APNs is an even number of hexadecimal digits, usually 64';

/** `tidy` is the text without what a token is taken out of. */
function nameMistake(text: string, tidy: string): string {
  if (/bytes\s*=\s*0x/.test(text)) return 'is how iOS 13 describes a token for people, with the middle left out';
  if (/^[\w-]{11,}:[\w-]{60,}$/.test(text)) return 'looks like a token of FCM';
  if (/^https?:|^\{/i.test(text)) return 'looks like an address of Web Push or UnifiedPush';
  if (/^[0-9a-f]+$/i.test(tidy)) return tidy.length % 2 === 1 ? 'has an odd number of digits: one is missing' : 'is too short or too long';
  if (/^[A-Za-z0-9+/_-]{40,140}={0,2}$/.test(text)) return 'looks like base64';
  return 'is not a device token';
}
