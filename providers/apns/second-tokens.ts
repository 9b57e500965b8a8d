import { LRUCache } from 'lru-cache';
import { growingTo } from '../../src/base/growing-to.ts';
import type { Push } from '../../src/index.ts';
import { isDeviceToken } from './device-token.ts';

const remembered = 10_000;
/** A token is asked for again then: what was wrong may have been our environment or topic. */
const rememberedMs = 24 * 60 * 60 * 1000;

/**
 * Which second tokens (PushKit) are worth a push. A dead one costs the device nothing but the way calls take, so it is
 * remembered here and not told to the caller, who would remove the device.
 */
export interface SecondTokens {
  /** The push without its second token where that one is dead or can't be one. */
  check(push: Push): Push;
  /** Apple called the second token dead, `since` as it said: from now on this push's registration does without it. */
  bury(push: Push, since: Date | undefined): void;
}

export function createSecondTokens(): SecondTokens {
  const graves = new LRUCache<string, Date>({ ...growingTo(remembered), ttl: rememberedMs });
  return {
    check(push) {
      const { secondToken, registeredAt } = push;
      if (secondToken === undefined) return push;
      const registered = graves.get(secondToken.toLowerCase());
      const isDead = registered !== undefined && registeredAt <= registered;
      return isDead || !isDeviceToken(secondToken) ? { ...push, secondToken: undefined } : push;
    },
    bury({ secondToken, registeredAt }, since) {
      if (secondToken === undefined || (since !== undefined && since < registeredAt)) return;
      const token = secondToken.toLowerCase();
      const before = graves.get(token);
      graves.set(token, before !== undefined && before > registeredAt ? before : registeredAt);
    },
  };
}
