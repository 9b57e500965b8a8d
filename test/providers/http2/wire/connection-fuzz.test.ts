import assert from 'node:assert/strict';
import test from 'node:test';
import { array, assert as holds, asyncProperty, constantFrom, integer, nat, oneof, record, uint8Array } from 'fast-check';
import { flags, frameTypes } from '../../../../providers/http2/wire/frames.ts';
import { frame, numbers, openWire, rest, settings } from './scripted-peer.ts';

const { data, headers, continuation, rstStream, ping, goaway, windowUpdate, priority } = frameTypes;
const { endHeaders, endStream, padded } = flags;
const asks = 4;

/** All that a peer may say, and how each request ends by it. */
const conversation = Buffer.concat([
  settings([3, 100], [4, 70_000], [1, 100]),
  frame(windowUpdate, 0, 0, numbers(100_000)),
  frame(headers, endHeaders, 1, [0x88, 0x40, 1, 0x61, 1, 0x62]),
  frame(0x77, 3, 1, [1, 2, 3]),
  frame(data, padded, 1, [2, 65, 66, 0, 0]),
  frame(ping, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]),
  frame(headers, 0, 3, []),
  frame(continuation, 0, 3, [0x88]),
  frame(continuation, endHeaders, 3, [0xbe]),
  frame(data, endStream, 1, [67]),
  frame(priority, 0, 5, [0, 0, 0, 0, 1]),
  frame(rstStream, 0, 5, numbers(7)),
  frame(data, 0, 3, new Uint8Array(300)),
  frame(windowUpdate, 0, 7, numbers(1)),
  frame(data, 0, 3, new Uint8Array(300)),
  frame(headers, endHeaders | endStream, 3, [0x00, 1, 0x74, 1, 0x75]),
  frame(goaway, 0, 0, Buffer.concat([numbers(5, 0), Buffer.from('bye')])),
]);

/** What became of a connection and its requests that was told this, in these pieces. */
async function converse(chunks: readonly Uint8Array[]) {
  const wire = openWire();
  await rest(2);
  const asked = Array.from({ length: asks }, (_, place) => wire.ask({ body: new Uint8Array(place) }));
  await rest(2);
  for (const chunk of chunks) wire.peer.send(Buffer.from(chunk));
  await rest(4);
  const requests = asked.map(({ ends, end }) => ({
    ends,
    code: end?.errorCode,
    headers: { ...end?.answer?.headers },
    body: end?.answer?.body,
  }));
  const { goaways, resets } = wire.peer;
  return { requests, goaways, resets, ends: wire.ends, heard: wire.goaways, isEnded: wire.connection.isEnded };
}

function cut(bytes: Buffer, lengths: readonly number[]): readonly Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const next = at + (lengths[turn % lengths.length] ?? 1);
    pieces.push(bytes.subarray(at, next));
    at = next;
  }
  return pieces;
}

/** It goes on, or has ended with the reason that the peer is told; no request ends twice. */
function check({ requests, goaways, ends, heard, isEnded }: Awaited<ReturnType<typeof converse>>): void {
  for (const one of requests) assert.ok(one.ends <= 1);
  if (!isEnded) return assert.deepEqual([goaways, ends], [[], []]);
  assert.equal(ends.length, 1);
  const isTold = ends[0]?.startsWith('breaks HTTP/2: ') === true && goaways.length === 1 && goaways[0] !== 0;
  assert.ok(isTold || heard.some(([code]) => code !== 0), `ended with ${ends[0]} and ${String(goaways)}`);
}

test('a conversation ends the same in one piece, byte by byte and in pieces of any length', async () => {
  const whole = await converse([conversation]);
  assert.deepEqual(
    whole.requests.map(({ ends, code, body }) => [ends, code, body?.length]),
    [
      [1, 0, 3],
      [1, 0, 600],
      [1, 7, undefined],
      [1, 7, undefined],
    ],
  );
  assert.deepEqual(await converse(cut(conversation, [1])), whole);
  const lengths = array(integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 });
  await holds(
    asyncProperty(lengths, async (some) => assert.deepEqual(await converse(cut(conversation, some)), whole)),
    { numRuns: 200 },
  );
});

const anyFrame = record({
  type: oneof(nat(9), constantFrom(0x77)),
  flag: oneof(constantFrom(0, 1, 4, 5, 8, 13, 0x20, 0x25), nat(255)),
  id: oneof(constantFrom(0, 1, 3, 5, 7), nat(20), constantFrom(2 ** 31, 2 ** 32 - 1)),
  payload: oneof(
    uint8Array({ maxLength: 12 }),
    constantFrom(Uint8Array.of(0x88), new Uint8Array(8), new Uint8Array(4), new Uint8Array(16_384)),
  ),
});

test('frames of any kind never harm it', async () => {
  await holds(
    asyncProperty(array(anyFrame, { maxLength: 12 }), async (frames) => {
      const bytes = frames.map(({ type, flag, id, payload }) => frame(type, flag, id, payload));
      check(await converse([Buffer.concat([settings(), ...bytes])]));
    }),
    { numRuns: 1_500 },
  );
});

test('a damaged conversation never harms it', async () => {
  const changes = array(record({ at: nat(conversation.length - 1), by: nat(255) }), { minLength: 1, maxLength: 5 });
  await holds(
    asyncProperty(changes, nat(conversation.length), nat(40), async (some, from, length) => {
      const bytes = Buffer.from(conversation);
      for (const { at, by } of some) bytes[at] = by;
      check(await converse([Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + length)])]));
    }),
    { numRuns: 1_500 },
  );
});
