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

/** What a client said about one push. */
export type Answer =
  | 'accepted'
  /** The service refused it for good. */
  | 'refused'
  /** The client calls it worth another try, or names a status that says so (429, 5xx). */
  | 'again'
  /** An error without an answer of the service: done or not, the caller can't know. */
  | 'doubt';

/** An APNs client under test. */
export interface Client {
  /** Sends one alert; never rejects. */
  send(token: string): Promise<Answer>;
  /** Pushes that were in doubt and that the client dealt with itself. */
  countDoubts(): number;
  close(): Promise<void>;
}

export const clientNames = ['Reveille', '@parse/node-apn', 'apns2'] as const;
export type ClientName = (typeof clientNames)[number];

/** What a status means to a caller who knows no more than Apple's documentation. */
export function judgeStatus(status: number): Answer {
  if (status === 200) return 'accepted';
  return status === 429 || status >= 500 ? 'again' : 'refused';
}
