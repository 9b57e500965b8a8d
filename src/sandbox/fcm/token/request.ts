import type { IncomingHttpHeaders } from 'node:http2';

/** One token exchange, as it came and as it was answered. */
export interface SandboxTokenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The form's fields; none where the content type is another. */
  readonly form: Readonly<Record<string, string>>;
  /** Head and claims of the assertion; undefined where it can't be read. */
  readonly head: Readonly<Record<string, unknown>> | undefined;
  readonly claims: Readonly<Record<string, unknown>> | undefined;
  readonly status: number;
  /** With any status but 200: `invalid_grant` and the like. */
  readonly error: string | undefined;
  readonly description: string | undefined;
  /** Which of the issued access tokens was the answer, counted from 1. */
  readonly accessToken: number | undefined;
  /** Number of the connection to the token host, counted from 1. */
  readonly connection: number;
}
