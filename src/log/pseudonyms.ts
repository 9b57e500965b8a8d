import { createHmac } from 'node:crypto';

/** Hexadecimal digits of a pseudonym: among a million people two share one once in hundreds of logs. */
const digits = 12;

/** How people and nodes are called in the log. */
export interface Pseudonyms {
  /** Of a JID, without its resource. */
  jid(text: string): string;
  node(text: string): string;
}

/**
 * The same JID has the same pseudonym as long as the secret stays the same, and nobody without the secret finds out whose
 * it is (docs/monitoring.md tells how to compute it). With `showsJids` JIDs stay as they are.
 */
export function buildPseudonyms(secret: string | Buffer, showsJids = false): Pseudonyms {
  const key = createHmac('sha256', secret).update('reveille log').digest();
  const hash = (text: string) => createHmac('sha256', key).update(text).digest('hex').slice(0, digits);
  return {
    jid: (text) => (showsJids ? text : `jid:${hash(bareOf(text))}`),
    node: (text) => `node:${hash(text)}`,
  };
}

function bareOf(jid: string): string {
  return (jid.split('/', 1)[0] ?? '').toLowerCase();
}
