import type { ServiceAccountFile } from '../../src/sandbox/fcm/sandbox-fcm.ts';

/** How to reach the sandbox, and as whom. */
export interface Way {
  readonly origin: string;
  /** PEM of the trust anchor; the process trusts it by NODE_EXTRA_CA_CERTS as well. */
  readonly ca: string;
  readonly account: ServiceAccountFile;
}
