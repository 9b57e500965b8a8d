// Room: pushes that wait. In: pushes, claims. Out: pushes under a lease. May enter: registry.
import type { Notification } from '../../push/provider/notification.ts';
import type { Device } from '../devices/device.ts';

/** Of a device's waiting pushes of one kind the newest makes the others worthless. */
export type DeferredKind = 'call' | 'message' | 'update';

/** A push that the service did not take at once. Its moments are those of the steady clock (`clock.ts`). */
export interface DeferredPush {
  /** Lower-case canonical UUID, the same for every try. Of two published in the same millisecond the greater one is newer. */
  readonly id: string;
  readonly node: string;
  readonly provider: string;
  readonly kind: DeferredKind;
  readonly notification: Notification;
  readonly publishedAt: Date;
  /** After this moment it is worthless. */
  readonly expiresAt: Date;
  /** Not to be tried before. */
  readonly notBefore: Date;
  /** How often it was tried so far. */
  readonly tries: number;
}

/** A waiting push that is this instance's for a while: nobody else tries it before the lease ends. */
export interface ClaimedPush extends DeferredPush {
  readonly device: Device;
}

/** What waits for one provider. */
export interface Backlog {
  readonly count: number;
  /** How long the oldest has waited; 0 where none waits. */
  readonly oldestSeconds: number;
  /** How many were removed by this look because their time was over. */
  readonly expired: number;
}

/**
 * Pushes committed to the database until they are delivered or worthless: at most one per device and kind, shared by all
 * instances. What a device waits for goes with the device. Contents are encrypted with a key that only instances of this
 * component have. Every method rejects with `DatabaseUnavailable` where the database can't be had within its time limit.
 */
export interface DeferredStore {
  /**
   * Settles once every one of them is durable or has no need to be: a waiting push of the same device and kind that was
   * published earlier is replaced, one published later stays in its place, and a device that is gone waits for nothing.
   * Beyond the bound of a provider what would be worthless first gives way.
   */
  put(pushes: readonly DeferredPush[]): Promise<void>;
  /** Takes up to `limit` due pushes of a provider on lease: calls first, then the newest published first. */
  claim(provider: string, limit: number, leaseMs: number): Promise<readonly ClaimedPush[]>;
  /** Takes what one device waits for on lease, whether or not it is due. */
  claimOf(node: string, leaseMs: number): Promise<readonly ClaimedPush[]>;
  /** Removes what was delivered or given up, unless a newer one has taken its place meanwhile. */
  settle(pushes: readonly Pick<DeferredPush, 'id' | 'node' | 'kind'>[]): Promise<void>;
  /** Ends the lease of pushes that are to be tried again; a newer one that has taken a place meanwhile is left as it is. */
  postpone(pushes: readonly Pick<DeferredPush, 'id' | 'node' | 'kind' | 'notBefore' | 'tries'>[]): Promise<void>;
  /** Removes what was published before and is made worthless by a push that has been delivered without waiting. */
  supersede(delivered: readonly Pick<DeferredPush, 'id' | 'node' | 'kind' | 'publishedAt'>[]): Promise<void>;
  /** What waits, by provider. Expired pushes do not count, and are removed. */
  backlog(): Promise<ReadonlyMap<string, Backlog>>;
}
