// Room: device tokens: what can be one, how it is spelled, how it is shown. In: a text. Out: a token, or why it is none. May enter: guard,
// handlers, http, cli.
import { types } from 'node:util';
import type { Provider, TokenVerdict } from '../provider/provider.ts';
import { redactToken } from './redact.ts';

/**
 * What a provider says of a text as a device token, without that text in the reason; one that says nothing of tokens takes
 * every text. Throws what the provider throws, or a TypeError where what it returned is no verdict.
 */
export function readTokenVerdict(provider: Pick<Provider, 'checkToken'>, text: string): TokenVerdict {
  if (provider.checkToken === undefined) return { kind: 'token', token: text };
  const verdict = parseTokenVerdict(provider.checkToken(text));
  return verdict.kind === 'token' ? verdict : { ...verdict, reason: redactToken(verdict.reason, text) };
}

function parseTokenVerdict(value: unknown): TokenVerdict {
  // Nobody waits for it: what it comes to, a rejection above all, is nobody's concern.
  if (types.isPromise(value)) value.catch(() => undefined);
  const { kind, token, reason } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Record<string, unknown>>;
  if (kind === 'token' && typeof token === 'string' && token !== '') return { kind, token };
  if (kind === 'refused' && typeof reason === 'string' && reason.trim() !== '') return { kind, reason };
  throw new TypeError('checkToken returned no verdict');
}
