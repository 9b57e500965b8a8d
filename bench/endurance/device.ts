export const serviceNames = ['apns', 'fcm'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** A registered device, as the driver knows it. */
export interface Device {
  /** Counts up over all devices of the run. */
  readonly index: number;
  readonly owner: string;
  readonly service: ServiceName;
  readonly token: string;
  readonly node: string;
  /** Since when it may be unknown to Reveille: it was unregistered, or its token died. */
  endedAt: number | undefined;
}
