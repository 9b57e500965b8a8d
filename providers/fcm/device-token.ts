import type { TokenVerdict } from '../../src/index.ts';

/** A token is a word of printable ASCII; anything else no service ever handed out. */
const tokenPattern = /^[\x21-\x7e]{1,4096}$/;

export function isDeviceToken(token: string): boolean {
  return tokenPattern.test(token);
}

/** Contract of `Provider.checkToken`. */
export function checkDeviceToken(text: string): TokenVerdict {
  const token = text.trim();
  const mistake = nameMistake(token);
  return mistake === undefined ? { kind: 'token', token } : { kind: 'refused', reason: mistake };
}

function nameMistake(text: string): string | undefined {
  if (/^<?[0-9a-f]{64}>?$/i.test(text.replace(/\s+/g, ''))) return 'looks like a token of APNs: take that of the Firebase SDK';
  if (/^https?:|^\{/i.test(text)) return 'looks like an address of Web Push or UnifiedPush';
  return isDeviceToken(text) ? undefined : 'is not a device token';
}
