import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createSecureServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { serveCommands } from '../../base/helper.ts';

// The push service of the bench: reads path and body, accepts everything. The product's own sandbox checks each push as
// Apple does, which costs more than sending it and would be what limits.

/** A push as it came in, for the bare loop to repeat. */
export interface Sample {
  readonly headers: readonly string[];
  readonly body: string;
}

let delayMs = 0;
let sample: Sample | undefined;
let received = 0;

const commands = {
  async listen(identity: { readonly cert: string; readonly key: string }): Promise<number> {
    const server = createSecureServer({ ...identity, settings: { maxConcurrentStreams: 1000 } });
    server.on('stream', (stream: ServerHttp2Stream, _: IncomingHttpHeaders, _flags: number, headers: string[]) => take(stream, headers));
    server.on('sessionError', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  },
  /** How long each push waits for its answer. */
  delay(ms: number): void {
    delayMs = ms;
  },
  sample: () => sample,
  /** Pushes that came in since the start. */
  count: () => received,
};
export type SinkCommands = typeof commands;
serveCommands(commands);

function take(stream: ServerHttp2Stream, headers: readonly string[]): void {
  const chunks: Buffer[] = [];
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => {
    received += 1;
    if (received === 1) sample = { headers: [...headers], body: Buffer.concat(chunks).toString() };
    if (delayMs === 0) accept(stream);
    else setTimeout(accept, delayMs, stream);
  });
}

function accept(stream: ServerHttp2Stream): void {
  if (!stream.destroyed) stream.respond({ ':status': 200, 'apns-id': randomUUID() }, { endStream: true });
}
