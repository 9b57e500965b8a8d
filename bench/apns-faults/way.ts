/** How to reach the sandbox, and as whom. */
export interface Way {
  readonly origin: string;
  /** PEM of the trust anchor; the process trusts it by NODE_EXTRA_CA_CERTS as well. */
  readonly ca: string;
  readonly topic: string;
  readonly p8: string;
  readonly keyId: string;
  readonly teamId: string;
}
