import type { IncomingMessage } from 'node:http';

/** Tokens have at most 4 KiB; JSON may escape some of it. */
export const longestBytes = 8 * 1024;
/** Read and dropped, so that a client which is still writing sees the answer and not a broken connection. */
const drainedBytes = 1024 * 1024;

const json = /^application\/json\s*(?:;|$)/i;
const formEncoded = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

export type Body =
  /** `value` is undefined where it was no JSON, `form` where it was no form. */
  | { readonly kind: 'read'; readonly value: unknown; readonly form?: URLSearchParams | undefined }
  | { readonly kind: 'too-large' }
  /** The client left before it had sent everything; nobody waits for an answer. */
  | { readonly kind: 'aborted' };

/** Reads a request to its end; the server's own time limit for requests ends it. Never rejects. */
export async function readBody(request: IncomingMessage, maxBytes = longestBytes): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  if (Number(request.headers['content-length'] ?? 0) > drainedBytes) return { kind: 'too-large' };
  try {
    // The iterator must not close the connection when it is left: the answer still has to go through.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > drainedBytes) return { kind: 'too-large' };
      if (bytes <= maxBytes) chunks.push(chunk);
    }
  } catch {
    // Broken off, or broken chunks: the server has dealt with the connection.
    return { kind: 'aborted' };
  }
  if (bytes > maxBytes) return { kind: 'too-large' };
  return { kind: 'read', ...parse(request.headers['content-type'] ?? '', Buffer.concat(chunks)) };
}

function parse(type: string, bytes: Buffer): { readonly value: unknown; readonly form?: URLSearchParams | undefined } {
  if (formEncoded.test(type)) return { value: undefined, form: parseForm(bytes) };
  return { value: json.test(type) ? parseJson(bytes) : undefined };
}

function parseForm(bytes: Buffer): URLSearchParams | undefined {
  try {
    return new URLSearchParams(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // Not UTF-8.
    return undefined;
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    // Not UTF-8, or not JSON.
    return undefined;
  }
}
