import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Write } from '../report/staleness.ts';
import { readMarker } from './stanzas.ts';

/** What an instance loads so that its pushes are written down on their way out; `CHAOS_WRITES` says where. */
export const recorder = fileURLToPath(new URL('write-recorder.ts', import.meta.url));

/** All of an instance, in their order; of one that was killed the last line may be half a line. */
export function readWrites(file: string): readonly Write[] {
  return readText(file)
    .split('\n')
    .flatMap((line) => parseWrite(line) ?? []);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it never sent any
  }
}

function parseWrite(line: string): Write | undefined {
  try {
    const { at, now, expiration, text } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const body = JSON.parse(String(text)) as Readonly<Record<string, unknown>>;
    const isApns = expiration !== undefined;
    const { data = {}, android = {} } = (body['message'] ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    const marker = readMarker(isApns ? body : data);
    const leftMs = isApns ? Number(expiration) * 1000 - Number(now) : parseFloat(String(android['ttl'])) * 1000;
    return Number.isNaN(marker) ? undefined : { marker, service: isApns ? 'apns' : 'fcm', at: Number(at) - clockOffsetMs, leftMs };
  } catch {
    return undefined; // a request for an access token, or what kill -9 left of a line
  }
}

/** What all processes of this machine share, and `performance.now()` of this one. */
const clockOffsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();
