import type { BuildDialectMessage } from './dialect-message.ts';

/** As long as p2's. */
const collapseLength = 6;

/**
 * p2: the app (Conversations and what is made from it) is told which of its accounts to connect, and which group chat it is about.
 * Both are hashes that only the app can read; no word of the message leaves. The newest for an account says all that the older said.
 */
export const buildP2Message: BuildDialectMessage = (_push, { keys: { account, channel } }) => ({
  data: { ...(account === undefined ? {} : { account }), ...(channel === undefined ? {} : { channel }) },
  android: { priority: 'HIGH', ...(account === undefined ? {} : { collapse_key: account.slice(0, collapseLength) }) },
});
