/** An accepted push. */
export interface SandboxPush {
  readonly id: string;
  /** Device token, lower case. */
  readonly token: string;
  readonly topic: string;
  readonly pushType: string;
  readonly priority: number;
  /** Seconds since the epoch; undefined where the header was absent. */
  readonly expiration: number | undefined;
  readonly collapseId: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly bytes: number;
  /** Number of the connection it came over, counted from 1. */
  readonly connection: number;
  /** Serial number of the client's certificate, in hexadecimal; undefined with token authentication. */
  readonly certificateSerial: string | undefined;
}
