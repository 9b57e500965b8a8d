/** What follows of a device besides that which every device has. In this order, the dialect last. */
export const has = {
  /** One that is not the key. */
  otherNode: 1,
  secondToken: 2,
  secret: 4,
  note: 8,
  /** One that is not the key. */
  otherBehind: 16,
  dialect: 32,
  /** Nothing follows: it stands behind the key. */
  behindKey: 64,
} as const;
