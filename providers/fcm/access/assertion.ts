import { sign } from 'node:crypto';
import type { ServiceAccount } from './service-account.ts';

const scope = 'https://www.googleapis.com/auth/firebase.messaging';
/** Google accepts at most an hour. */
const lifeSeconds = 3600;

/** A signed statement of who asks for an access token (RFC 7523 §3; Google: "Using OAuth 2.0 for server to server applications"). */
export function buildAssertion({ clientEmail, keyId, key, tokenUri }: ServiceAccount, now: number): string {
  const issuedAt = Math.floor(now / 1000);
  const head = encode({ alg: 'RS256', typ: 'JWT', kid: keyId });
  const claims = encode({ iss: clientEmail, scope, aud: tokenUri, iat: issuedAt, exp: issuedAt + lifeSeconds });
  return `${head}.${claims}.${sign('sha256', Buffer.from(`${head}.${claims}`), key).toString('base64url')}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
