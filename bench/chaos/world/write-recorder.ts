/**
 * Loaded into an instance before the program (`--import`): writes down each push that is handed to a connection, by the clock that
 * all processes of this machine share. Outside of the program, so that what it says of itself is not what it is judged by.
 */
import { subscribe } from 'node:diagnostics_channel';
import { openSync, writeSync } from 'node:fs';

/** What Node tells of a stream; only what is read here. */
interface Sent {
  readonly stream: { readonly sentHeaders?: Readonly<Record<string, unknown>> };
  readonly data: unknown;
  readonly writev: boolean;
}

const file = openSync(process.env['CHAOS_WRITES'] ?? '/dev/null', 'a');

subscribe('http2.client.stream.bodyChunkSent', (message) => {
  const { stream, data } = message as Sent;
  const text = typeof data === 'string' ? data : Buffer.isBuffer(data) ? data.toString() : '';
  const expiration = stream.sentHeaders?.['apns-expiration'];
  writeSync(file, `${JSON.stringify({ at: Number(process.hrtime.bigint()) / 1e6, now: Date.now(), expiration, text })}\n`);
});
