import { verify } from 'node:crypto';
import type { Jwt } from '../../jwt.ts';
import type { ServiceAccount, ServiceAccounts } from './service-accounts.ts';

/** What the token host says when it gives no access token. https://datatracker.ietf.org/doc/html/rfc6749#section-5.2 */
export interface TokenError {
  readonly error: string;
  readonly error_description: string;
}

export interface AssertionRules {
  readonly accounts: ServiceAccounts;
  readonly audiences: readonly string[];
  readonly clock: () => number;
}

const longestSeconds = 3600;
/** Clocks differ; Google does not say by how much they may. */
const skewSeconds = 300;
const scopes = ['https://www.googleapis.com/auth/firebase.messaging', 'https://www.googleapis.com/auth/cloud-platform'];
const timeWords =
  'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.';

/** The account an assertion speaks for, or what is wrong with it, in Google's order. https://datatracker.ietf.org/doc/html/rfc7523#section-3 */
export function checkAssertion(jwt: Jwt, { accounts, audiences, clock }: AssertionRules): ServiceAccount | TokenError {
  const { iss, iat, exp, scope, aud } = jwt.claims;
  const account = accounts.find(String(iss));
  if (jwt.head['alg'] !== 'RS256') return refuse('Invalid JWT Signature.');
  if (account === undefined) return refuse('Invalid grant: account not found');
  if (!isSigned(jwt, account)) return refuse('Invalid JWT Signature.');
  if (iat === undefined) return refuse('Invalid JWT: iat (issued at) is not set.');
  if (exp === undefined) return refuse('Invalid JWT: exp (expiration time) is not set.');
  if (!isInTime(Number(iat), Number(exp), clock() / 1000)) return refuse(timeWords);
  if (!isScope(scope)) return { error: 'invalid_scope', error_description: 'Invalid OAuth scope or ID token audience provided.' };
  if (!audiences.some((audience) => audience === aud)) return refuse('Invalid JWT: Failed audience check.');
  return account;
}

/** Google's own libraries send no `kid`; the account's keys are tried then. */
function isSigned({ head, signed, signature }: Jwt, { keyId, publicKey }: ServiceAccount): boolean {
  const { kid = keyId } = head;
  return kid === keyId && publicKey !== undefined && verify('RSA-SHA256', Buffer.from(signed), publicKey, signature);
}

function isInTime(iat: number, exp: number, now: number): boolean {
  return iat <= now + skewSeconds && exp > now && exp <= iat + longestSeconds;
}

function isScope(scope: unknown): boolean {
  return typeof scope === 'string' && scope.split(' ').some((one) => scopes.includes(one));
}

function refuse(description: string): TokenError {
  return { error: 'invalid_grant', error_description: description };
}
