import { withoutFalseClear, type PayloadKeys } from './payload-keys.ts';

/** What does not fit is dropped whole, in this order. A sender alone can exceed the limit: a JID may have 3071 bytes. */
const droppable: readonly (readonly (keyof PayloadKeys)[])[] = [['body'], ['encrypted', 'iv'], ['sender', 'nickname']];

/** A payload within its limit. */
export interface Fitted {
  readonly payload: string;
  /** Those that were kept. */
  readonly keys: PayloadKeys;
}

/**
 * The keys as a payload of at most `maxBytes`, written by `render`. What is beside the account and can't be dropped must
 * fit: options bound their own, RFC 7622 the account.
 */
export function fit(render: (keys: PayloadKeys) => string, keys: PayloadKeys, maxBytes: number): Fitted {
  let fitted = { payload: render(keys), keys };
  for (const names of droppable) {
    if (Buffer.byteLength(fitted.payload) <= maxBytes) break;
    const kept = without(fitted.keys, names);
    fitted = { payload: render(kept), keys: kept };
  }
  return fitted;
}

function without(keys: PayloadKeys, names: readonly (keyof PayloadKeys)[]): PayloadKeys {
  const { account, ...rest } = keys;
  const kept = Object.entries(rest).filter(([name]) => !names.includes(name as keyof PayloadKeys));
  return withoutFalseClear({ account, ...Object.fromEntries(kept) });
}
