// Sends one request to a server that allows one at a time, and has another one wait behind it; prints how long that one lives, and
// then what became of both. The authority comes in at standard input.
import { text } from 'node:stream/consumers';
import { createPool } from '../../../providers/http2/pool/pool.ts';

const livesMs = 400;
const [, , origin = ''] = process.argv;
const pool = createPool({ origin: new URL(origin), ca: await text(process.stdin), maxSessions: 1 }, { debug: ignore, warn: ignore });
const signal = new AbortController().signal;
const headers = [':method', 'POST', ':scheme', 'https', ':authority', pool.authority, ':path', '/x'];
const deadline = performance.now() + 30_000;

const first = pool.request({ headers, body: 'first', deadline, signal });
while (pool.traffic.sent === 0) await new Promise((resolve) => setTimeout(resolve, 5));
const endsAt = performance.now() + livesMs;
const second = pool.request({ headers, body: 'second', deadline: endsAt, endsAt, signal });
console.log(livesMs);
console.log(`${(await first).kind} ${(await second).kind}`);
await pool.close();

function ignore(): void {
  return;
}
