import { withoutFalseClear, type PayloadKeys } from './payload-keys.ts';

/** What does not fit is dropped whole, in this order. A sender alone can exceed the limit: a JID may have 3071 bytes. */
const droppable: readonly (readonly (keyof PayloadKeys)[])[] = [['body'], ['encrypted', 'iv'], ['sender', 'nickname']];

/** A payload within its limit. */
export interface Fitted {
  readonly payload: string;
  /** Those that were kept. */
  readonly keys: PayloadKeys;
}

/** `fixed` and the account always fit: the options bound the one, RFC 7622 the other. */
export function fit(fixed: Readonly<Record<string, unknown>>, keys: PayloadKeys, maxBytes: number): Fitted {
  let fitted = render(fixed, keys);
  for (const names of droppable) {
    if (Buffer.byteLength(fitted.payload) <= maxBytes) break;
    fitted = render(fixed, without(fitted.keys, names));
  }
  return fitted;
}

function render(fixed: Readonly<Record<string, unknown>>, keys: PayloadKeys): Fitted {
  return { payload: JSON.stringify({ ...fixed, ...keys }), keys };
}

function without(keys: PayloadKeys, names: readonly (keyof PayloadKeys)[]): PayloadKeys {
  const { account, ...rest } = keys;
  const kept = Object.entries(rest).filter(([name]) => !names.includes(name as keyof PayloadKeys));
  return withoutFalseClear({ account, ...Object.fromEntries(kept) });
}
