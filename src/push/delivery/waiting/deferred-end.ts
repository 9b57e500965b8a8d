/** How the waiting of a push ended. */
export type DeferredEnd =
  /** The push service took it. */
  | 'delivered'
  /** Its time was over. */
  | 'expired'
  /** A newer push to the same device had arrived. */
  | 'replaced'
  /** The token is dead, the device forgotten. */
  | 'gone'
  /** Refused for itself time and again: the one end that breaks a promise. */
  | 'dropped';

/** Where the waiting is counted. Neither throws. */
export interface DeliveryMeasurements {
  deferred(provider: string): void;
  deferredEnded(provider: string, end: DeferredEnd, count?: number): void;
}
