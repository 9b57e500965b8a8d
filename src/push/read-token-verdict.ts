import type { TokenVerdict } from './provider.ts';
import { shorten } from './redact.ts';

/** What a provider's `checkToken` returned, as far as it is a verdict; throws a TypeError for anything else. */
export function parseTokenVerdict(value: unknown): TokenVerdict {
  const { kind, token, reason } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Record<string, unknown>>;
  if (kind === 'token' && typeof token === 'string' && token !== '') return { kind, token };
  if (kind === 'refused' && typeof reason === 'string' && reason !== '') return { kind, reason: shorten(reason) };
  throw new TypeError('checkToken returned no verdict');
}
