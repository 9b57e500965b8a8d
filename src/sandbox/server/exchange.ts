import type { ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';

export type ResponseHeaders = Readonly<Record<string, string>>;

/** The way to answer one request, over HTTP/2 or HTTP/1.1. Does nothing once the client has gone. */
export interface Exchange {
  /** Undefined where the stream is gone already; over HTTP/1.1 always 1. */
  readonly streamId: number | undefined;
  /** Without a body the response is its headers. */
  respond(status: number, headers: ResponseHeaders, body?: string): void;
  /** Ends the request without a response: RST_STREAM with this code, or the connection's end over HTTP/1.1. */
  reset(code: number): void;
}

export function buildStreamExchange(stream: ServerHttp2Stream): Exchange {
  return {
    streamId: stream.id,
    respond(status, headers, body) {
      if (stream.destroyed || stream.closed) return;
      stream.respond({ ':status': status, ...headers }, { endStream: body === undefined });
      if (body !== undefined) stream.end(body);
    },
    reset: (code) => stream.close(code),
  };
}

export function buildResponseExchange(response: ServerResponse): Exchange {
  return {
    streamId: 1,
    respond(status, headers, body) {
      if (!response.destroyed) response.writeHead(status, headers).end(body);
    },
    reset: () => void response.destroy(),
  };
}
