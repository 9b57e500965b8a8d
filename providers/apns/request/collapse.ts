import { createHash } from 'node:crypto';
import { Hmac } from './hmac.ts';
import type { Subject } from '../../payload/push-cases.ts';
import type { Credentials } from '../credentials/credentials.ts';

/** 192 bits, 32 characters; Apple allows 64. */
const bytes = 24;

/**
 * Key for collapse ids: the same in every instance with these credentials, and unknown to Apple, which could otherwise
 * guess the senders and session ids behind them.
 */
export function buildCollapseKey(credentials: Credentials): Hmac {
  return new Hmac(createHash('sha256').update('reveille apns-collapse-id\0').update(privateKeyOf(credentials)).digest());
}

/** The same for the same subject, and nothing else. */
export function buildCollapseId(key: Hmac, subject: Subject): string {
  return key.digest(JSON.stringify(subject)).subarray(0, bytes).toString('base64url');
}

function privateKeyOf(credentials: Credentials): string {
  switch (credentials.kind) {
    case 'certificate':
      return credentials.certificate.key;
    case 'key':
      return credentials.key.export({ type: 'pkcs8', format: 'pem' }).toString();
    case 'none':
      return '';
    default:
      return credentials satisfies never;
  }
}
