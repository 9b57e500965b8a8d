import type { IncomingMessage } from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';

/** More than any payload may have; what exceeds it is counted and dropped. */
const keptBytes = 64 * 1024;

/** A request as it came, body complete. */
export interface SandboxRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly hasDuplicateHeaders: boolean;
  readonly body: Buffer;
  readonly bodyBytes: number;
}

type Body = Pick<SandboxRequest, 'body' | 'bodyBytes'>;

/** Calls back once the body is complete; never, where the stream ends before that. */
export function readStream(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[],
  done: (request: SandboxRequest) => void,
): void {
  collect(stream, (body) => {
    // A stream whose connection broke ends as well, with half a body.
    if (stream.aborted || stream.destroyed || stream.session?.destroyed !== false) return;
    const { ':method': method = '', ':path': path = '' } = headers;
    done({ method, path, headers, hasDuplicateHeaders: hasDuplicates(rawHeaders), ...body });
  });
}

/** The same for a request of HTTP/1.1. */
export function readMessage(message: IncomingMessage, done: (request: SandboxRequest) => void): void {
  const { method = '', url: path = '', headers, rawHeaders } = message;
  collect(message, (body) => {
    if (!message.complete) return;
    done({ method, path, headers, hasDuplicateHeaders: hasDuplicates(rawHeaders.map((text) => text.toLowerCase())), ...body });
  });
}

/** A header that came once, or undefined. */
export function headerOf({ headers }: SandboxRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function collect(source: NodeJS.ReadableStream, ended: (body: Body) => void): void {
  const chunks: Buffer[] = [];
  let bodyBytes = 0;
  source.on('data', (chunk: Buffer) => {
    bodyBytes += chunk.length;
    if (bodyBytes <= keptBytes) chunks.push(chunk);
  });
  source.on('end', () => {
    const [first] = chunks;
    ended({ body: chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks), bodyBytes });
  });
}

function hasDuplicates(rawHeaders: readonly string[]): boolean {
  const names = rawHeaders.filter((_, index) => index % 2 === 0);
  return new Set(names).size < names.length;
}
