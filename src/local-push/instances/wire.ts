/** The channel between instances: what one says all hear, itself included, in one order. The database's notifications. */
export interface Wire {
  /** Settles once it is heard. `onReset` is called after every connect: what was said before was missed. */
  hear(handlers: { onPayload(text: string): void; onReset(): void }): Promise<void>;
  /** Says these in this order, all of them or none. Rejects where the database can't be had. */
  say(texts: readonly string[]): Promise<void>;
}
