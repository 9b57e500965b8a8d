import assert from 'node:assert/strict';
import test from 'node:test';
import { HeaderEncoder } from '../../../../providers/http2/hpack/header-encoder.ts';
import { flags, frameTypes } from '../../../../providers/http2/wire/frames.ts';
import { ReceiveWindow } from '../../../../providers/http2/wire/receive-window.ts';
import { frame, numbers, openReady, rest, settings, usualHeaders } from './scripted-peer.ts';

const { data, headers, continuation } = frameTypes;
const { endHeaders, endStream, padded, priority } = flags;
const ok = [0x88];
const end = endHeaders | endStream;

function block(encoder: HeaderEncoder, fields: readonly string[]): Buffer {
  const target = Buffer.alloc(HeaderEncoder.longest(fields));
  return target.subarray(0, encoder.encode(fields, target, 0));
}

/** What one request is answered by these frames. */
async function answerOf(...frames: readonly Buffer[]) {
  const wire = await openReady();
  const asked = wire.ask();
  await rest();
  wire.peer.send(...frames);
  await rest();
  assert.deepEqual([asked.ends, wire.peer.goaways, wire.peer.resets], [1, [], []]);
  return asked.end?.answer;
}

for (const [name, frames, body] of [
  ['of a header alone', [frame(headers, end, 1, ok)], ''],
  ['with a body', [frame(headers, endHeaders, 1, ok), frame(data, 0, 1, [65]), frame(data, endStream, 1, [66])], 'AB'],
  ['that ends with an empty body', [frame(headers, endHeaders, 1, ok), frame(data, endStream, 1)], ''],
  ['with padding', [frame(headers, endHeaders | padded, 1, [2, ...ok, 0, 0]), frame(data, endStream | padded, 1, [3, 65, 0, 0, 0])], 'A'],
  ['of nothing but padding', [frame(headers, endHeaders, 1, ok), frame(data, endStream | padded, 1, [1, 0])], ''],
  ['with a priority', [frame(headers, end | priority, 1, [0, 0, 0, 0, 16, ...ok])], ''],
  ['with a priority and padding', [frame(headers, end | priority | padded, 1, [1, 0, 0, 0, 0, 16, ...ok, 0])], ''],
  [
    'in CONTINUATIONs, some of them empty',
    [frame(headers, endStream, 1, []), frame(continuation, 0, 1, []), frame(continuation, 0, 1, ok), frame(continuation, endHeaders, 1)],
    '',
  ],
  [
    'behind interim ones',
    [
      frame(headers, endHeaders, 1, [0x08, 3, 0x31, 0x30, 0x33]),
      frame(headers, endHeaders, 1, [0x08, 3, 0x31, 0x30, 0x30]),
      frame(headers, end, 1, ok),
    ],
    '',
  ],
  ['before trailers', [frame(headers, endHeaders, 1, ok), frame(data, 0, 1, [65]), frame(headers, end, 1, [0x00, 1, 0x74, 1, 0x75])], 'A'],
] as const)
  test(`an answer ${name} is read`, async () => {
    const answer = await answerOf(...frames);
    assert.deepEqual({ ...answer?.headers }, { ':status': '200' });
    assert.equal(answer?.body, body);
  });

test('fields of one name are joined by a comma, and any name is a name', async () => {
  const fields = [':status', '200', 'x-a', '1', '__proto__', 'y', 'x-a', '2', 'x-a', ''];
  const answer = await answerOf(frame(headers, end, 1, block(new HeaderEncoder(), fields)));
  assert.deepEqual(Object.entries(answer?.headers ?? {}), [
    [':status', '200'],
    ['x-a', '1, 2, '],
    ['__proto__', 'y'],
  ]);
});

test('trailers that do not end their stream end it, and the answer counts', async () => {
  const wire = await openReady();
  const asked = wire.ask();
  await rest();
  wire.peer.send(frame(headers, endHeaders, 1, ok), frame(headers, endHeaders, 1, [0x00, 1, 0x74, 1, 0x75]));
  await rest();
  assert.deepEqual([asked.end?.answer?.headers[':status'], wire.peer.resets], ['200', [[1, 1]]]);
});

test('an answer longer than the longest is cut, and counts', async () => {
  const wire = await openReady([settings()], 10);
  const asked = wire.ask();
  await rest();
  wire.peer.send(frame(headers, endHeaders, 1, ok), frame(data, 0, 1, Buffer.from('0123456789')));
  await rest();
  assert.equal(asked.ends, 0);
  wire.peer.send(frame(data, 0, 1, Buffer.from('x')), frame(data, endStream, 1, Buffer.from('late')));
  await rest();
  assert.deepEqual([asked.ends, asked.end?.answer?.body, wire.peer.resets, wire.peer.goaways], [1, '0123456789x', [[1, 8]], []]);
});

test('an answer before the whole request is written counts, and nothing more of the request is sent', async () => {
  const wire = await openReady([settings([4, 5])]);
  const asked = wire.ask({ body: 'a long body' });
  await rest();
  wire.peer.send(frame(headers, end, 1, ok));
  await rest();
  wire.peer.send(frame(frameTypes.windowUpdate, 0, 1, numbers(100)));
  await rest();
  assert.deepEqual([asked.end?.answer?.headers[':status'], wire.peer.resets, wire.peer.octets()], ['200', [[1, 8]], 5]);
  assert.ok(wire.connection.outgoing.isOpen);
});

test('late frames of a request that was given up are passed over, and their header blocks still count', async () => {
  const wire = await openReady();
  const encoder = new HeaderEncoder();
  const fields = [':status', '200', 'x-kind', 'teapot'];
  const [first, second] = [wire.ask(), wire.ask()];
  await rest();
  wire.connection.cancel(first.stream);
  await rest();
  const blocks = Array.from({ length: 3 }, () => block(encoder, fields));
  wire.peer.send(
    ...blocks.map((one) => frame(headers, endHeaders, 1, one)),
    frame(data, endStream, 1, [65]),
    frame(frameTypes.windowUpdate, 0, 1, numbers(5)),
    frame(frameTypes.rstStream, 0, 1, numbers(0)),
    frame(headers, end, 3, block(encoder, fields)),
  );
  await rest();
  assert.deepEqual([first.ends, first.end?.answer, first.end?.errorCode], [1, undefined, 8]);
  assert.deepEqual({ ...second.end?.answer?.headers }, { ':status': '200', 'x-kind': 'teapot' });
  assert.deepEqual([wire.peer.resets, wire.peer.goaways], [[[1, 8]], []]);
});

test('windows are told again, so that a peer that obeys them can send without end', async () => {
  const wire = await openReady([settings()], 10_000_000);
  const asked = wire.ask({ headers: usualHeaders });
  await rest();
  wire.peer.send(frame(headers, endHeaders, 1, ok));
  const room = (id: number) =>
    65_535 + wire.peer.of(frameTypes.windowUpdate).reduce((sum, one) => sum + (one.id === id ? one.payload.readUInt32BE(0) : 0), 0);
  let sent = 0;
  for (let count = 0; count < 40; count += 1) {
    sent += 10_000;
    assert.ok(Math.min(room(0), room(1)) >= sent, `${sent} octets were never allowed`);
    wire.peer.send(frame(data, count === 39 ? endStream : 0, 1, new Uint8Array(10_000)));
    await rest();
  }
  assert.ok(Math.max(room(0), room(1)) <= sent + 65_535);
  assert.deepEqual([asked.end?.answer?.body.length, wire.peer.goaways], [400_000, []]);
});

test('more DATA than the window is a mistake of the peer', () => {
  const window = new ReceiveWindow(1);
  assert.equal(window.take(32_767), undefined);
  assert.deepEqual(window.take(1), Buffer.from([0, 0, 4, 8, 0, 0, 0, 0, 1, 0, 0, 0x80, 0]));
  assert.equal(window.take(0), undefined);
  assert.throws(() => window.take(65_536), { name: 'ConnectionError', errorCode: 3 });
});
