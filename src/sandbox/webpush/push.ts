/** An accepted push. */
export interface SandboxWebPush {
  readonly id: string;
  /** Of the subscription. */
  readonly token: string;
  /** Decrypted, where the subscription has keys; undefined where there was no message. */
  readonly text: string | undefined;
  /** Seconds. */
  readonly ttl: number;
  readonly urgency: string;
  readonly topic: string | undefined;
  /** What the VAPID token says of whom to write to; undefined without one. */
  readonly subject: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Of the body, encrypted or not. */
  readonly bytes: number;
  /** Number of the connection it came over, counted from 1. */
  readonly connection: number;
  readonly protocol: 'h2' | 'http/1.1';
}

/** What was answered to a request. */
export interface SandboxWebpushAnswer {
  readonly id: string;
  readonly status: number;
  /** With any status but 201. */
  readonly reason: string | undefined;
  readonly token: string;
  readonly urgency: string;
  readonly topic: string | undefined;
  readonly bytes: number;
  /** What the app reads, as far as it can be read. */
  readonly text: string | undefined;
}
