// Room: what is asked and done over the API, a file for each subject. In: requests that passed the gate. Out: answers. May enter: admin.
import type { ServerResponse } from 'node:http';

/** A request that may be answered. */
export interface AdminRequest {
  readonly query: URLSearchParams;
  /** Of a POST: what its JSON says. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Whose it is, as rate limits count. */
  readonly client: string;
}

export type AdminAnswer =
  | { readonly status?: number; readonly body: object }
  /** Writes the answer itself, over whatever time. */
  | { readonly stream: (response: ServerResponse) => void };

export interface AdminRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Of the body; 16 KiB where not given. */
  readonly maxBytes?: number;
  /** Throws an {@link ApiRefusal} for what is refused. */
  handle(request: AdminRequest): AdminAnswer | Promise<AdminAnswer>;
}

/** Why something is not done, in words for whoever asked. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly status: number;

  constructor(status: number, words: string, options?: ErrorOptions) {
    super(words, options);
    this.status = status;
  }
}

/** A text of the body; undefined where there is none. Refuses anything else. */
export function readText({ body }: AdminRequest, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new ApiRefusal(400, `"${name}": expected a text`);
  return value.trim() === '' ? undefined : value.trim();
}

/** The same where it must be there. */
export function demandText(request: AdminRequest, name: string): string {
  const text = readText(request, name);
  if (text === undefined) throw new ApiRefusal(400, `"${name}" is missing`);
  return text;
}
