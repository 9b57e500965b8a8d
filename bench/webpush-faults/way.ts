/** How to reach the service, and as whom. */
export interface Way {
  /** PEM of the trust anchor; the process trusts it by NODE_EXTRA_CA_CERTS as well. */
  readonly ca: string;
  /** Private key, PEM. */
  readonly vapid: string;
  /** The same key as web-push wants it. */
  readonly publicKey: string;
  readonly privateKey: string;
}
