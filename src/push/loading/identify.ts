import { createHash } from 'node:crypto';
import { isSecret } from '../../config/secrets/conceal.ts';
import type { ProviderConfig } from '../../config/config.ts';

/** Of a secret so many digits: a change shows, and nobody can try out passwords on a fingerprint that stands in a database. */
const secretDigits = 4;

/** A fingerprint of what is configured, for a provider that has none of its own (see `Provider.identity`). */
export function identify({ use, options }: ProviderConfig): string {
  const entries = Object.entries(options).map(([key, value]) => {
    const text = JSON.stringify(value);
    return [key, isSecret(options, key) ? digest(text).slice(0, secretDigits) : text];
  });
  return digest(JSON.stringify([use, entries]));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
