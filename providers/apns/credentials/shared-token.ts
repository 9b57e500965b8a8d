import { createHash, createPublicKey } from 'node:crypto';
import { createProviderToken, type ProviderToken, type SigningKey } from './token.ts';

const maxKeys = 100;

/**
 * The one module state there is: Apple counts a team's tokens, not our providers, so two providers with the same key (two apps,
 * production and sandbox) show the same one, also across a replacement.
 */
const tokens = new Map<string, ProviderToken>();

/** The provider token of this key in this process. It holds no resource, so nobody closes it. */
export function shareProviderToken(signingKey: SigningKey): ProviderToken {
  const id = identify(signingKey);
  const token = tokens.get(id) ?? createProviderToken(signingKey);
  // Again at the end: the key taken longest ago gives way.
  tokens.delete(id);
  tokens.set(id, token);
  const [oldest] = tokens.keys();
  if (tokens.size > maxKeys && oldest !== undefined) tokens.delete(oldest);
  return token;
}

/** By the key itself as well: a file with the wrong key may be replaced under the same id. */
function identify({ key, keyId, teamId }: SigningKey): string {
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return `${teamId} ${keyId} ${createHash('sha256').update(der).digest('base64')}`;
}
