import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errorCodes, flags, frameTypes } from '../../../../providers/http2/wire/frames.ts';
import { frame, numbers, openReady, openWire, rest, settings } from './scripted-peer.ts';

const { protocolError, flowControlError, frameSizeError, compressionError, enhanceYourCalm } = errorCodes;
const { data, headers, continuation, rstStream, ping, goaway, windowUpdate, pushPromise, priority } = frameTypes;
const { endHeaders, endStream, padded } = flags;

/** What a peer sends that has one request, on stream 1, and the code that it is left with. */
const violations: Readonly<Record<string, readonly [number, ...Buffer[]]>> = {
  'a frame longer than 16384': [frameSizeError, frame(data, 0, 1, new Uint8Array(16_385))],
  'a frame of an unknown type longer than 16384': [frameSizeError, frame(0x77, 0, 0, new Uint8Array(16_385))],
  'SETTINGS of a wrong length': [frameSizeError, frame(frameTypes.settings, 0, 0, [0, 3, 0, 0, 0])],
  'SETTINGS on a stream': [protocolError, frame(frameTypes.settings, 0, 1)],
  'an acknowledgement of SETTINGS that says something': [frameSizeError, frame(frameTypes.settings, flags.ack, 0, new Uint8Array(6))],
  'SETTINGS_INITIAL_WINDOW_SIZE above 2^31-1': [flowControlError, settings([4, 2 ** 31])],
  'SETTINGS_MAX_FRAME_SIZE below 16384': [protocolError, settings([5, 16_383])],
  'SETTINGS_MAX_FRAME_SIZE above 2^24-1': [protocolError, settings([5, 2 ** 24])],
  'PING of a wrong length': [frameSizeError, frame(ping, 0, 0, new Uint8Array(7))],
  'PING on a stream': [protocolError, frame(ping, 0, 1, new Uint8Array(8))],
  'RST_STREAM of a wrong length': [frameSizeError, frame(rstStream, 0, 1, new Uint8Array(5))],
  'RST_STREAM on stream 0': [protocolError, frame(rstStream, 0, 0, numbers(0))],
  'RST_STREAM of an idle stream': [protocolError, frame(rstStream, 0, 3, numbers(0))],
  'WINDOW_UPDATE of a wrong length': [frameSizeError, frame(windowUpdate, 0, 0, new Uint8Array(3))],
  'WINDOW_UPDATE of an idle stream': [protocolError, frame(windowUpdate, 0, 3, numbers(1))],
  'GOAWAY of a wrong length': [frameSizeError, frame(goaway, 0, 0, new Uint8Array(7))],
  'GOAWAY on a stream': [protocolError, frame(goaway, 0, 1, new Uint8Array(8))],
  'WINDOW_UPDATE of nothing for the connection': [protocolError, frame(windowUpdate, 0, 0, numbers(0))],
  'WINDOW_UPDATE of nothing for a stream': [protocolError, frame(windowUpdate, 0, 1, numbers(0))],
  'a window of the connection above 2^31-1': [flowControlError, frame(windowUpdate, 0, 0, numbers(2 ** 31 - 1))],
  'a window of a stream above 2^31-1': [flowControlError, frame(windowUpdate, 0, 1, numbers(2 ** 31 - 1))],
  'SETTINGS that widen a window above 2^31-1': [
    flowControlError,
    frame(windowUpdate, 0, 1, numbers(2 ** 31 - 1 - 65_535)),
    settings([4, 65_536]),
  ],
  'a push': [protocolError, frame(pushPromise, endHeaders, 1, [0, 0, 0, 2, 0x88])],
  'HEADERS on stream 0': [protocolError, frame(headers, endHeaders, 0, [0x88])],
  'DATA on stream 0': [protocolError, frame(data, 0, 0, [1])],
  'HEADERS on an idle stream': [protocolError, frame(headers, endHeaders, 3, [0x88])],
  'HEADERS on an even stream': [protocolError, frame(headers, endHeaders, 2, [0x88])],
  'DATA on an idle stream': [protocolError, frame(data, 0, 3, [1])],
  'DATA on an even stream': [protocolError, frame(data, 0, 2, [1])],
  'CONTINUATION without HEADERS': [protocolError, frame(continuation, endHeaders, 1, [0x88])],
  'CONTINUATION of another stream': [protocolError, frame(headers, 0, 1, [0x88]), frame(continuation, endHeaders, 3)],
  'CONTINUATION on stream 0': [protocolError, frame(headers, 0, 1, [0x88]), frame(continuation, endHeaders, 0)],
  'HEADERS inside a header block': [protocolError, frame(headers, 0, 1, [0x88]), frame(headers, endHeaders, 1, [0x88])],
  'PING inside a header block': [protocolError, frame(headers, 0, 1, [0x88]), frame(ping, 0, 0, new Uint8Array(8))],
  'an unknown frame inside a header block': [protocolError, frame(headers, 0, 1, [0x88]), frame(0x77, 0, 1)],
  'DATA with padding longer than its frame': [protocolError, frame(headers, endHeaders, 1, [0x88]), frame(data, padded, 1, [2, 0])],
  'DATA with padding and no length of it': [protocolError, frame(headers, endHeaders, 1, [0x88]), frame(data, padded, 1)],
  'HEADERS with padding longer than their frame': [protocolError, frame(headers, endHeaders | padded, 1, [2, 0x88])],
  'HEADERS too short for their priority': [frameSizeError, frame(headers, endHeaders | flags.priority, 1, [0, 0, 0, 0])],
  'HPACK with an index that leads nowhere': [compressionError, frame(headers, endHeaders, 1, [0xfe])],
  'HPACK that ends within a string': [compressionError, frame(headers, endHeaders, 1, [0x08, 0x03, 0x32])],
  'a header block that is too long': [
    enhanceYourCalm,
    frame(headers, 0, 1, [0x88]),
    ...Array.from({ length: 5 }, () => frame(continuation, 0, 1, new Uint8Array(16_384))),
  ],
  'a header block of nothing without end': [
    enhanceYourCalm,
    frame(headers, 0, 1, [0x88]),
    ...Array.from({ length: 20_000 }, () => frame(continuation, 0, 1)),
  ],
};

describe('the connection ends with a GOAWAY at', () => {
  for (const [name, [code, ...frames]] of Object.entries(violations))
    test(name, async () => {
      const wire = await openReady();
      const { end, ends } = wire.ask();
      await rest();
      wire.peer.send(...frames);
      await rest(20);
      assert.deepEqual([end, ends, wire.peer.goaways, wire.ends.length, wire.peer.isClosed], [undefined, 0, [code], 1, true]);
      assert.match(wire.ends[0] ?? '', /^breaks HTTP\/2: ./);
    });

  for (const first of [
    frame(ping, 0, 0, new Uint8Array(8)),
    frame(frameTypes.settings, flags.ack, 0),
    frame(0x77, 0, 0),
    frame(priority, 0, 1),
  ])
    test(`a first frame of type ${first[3]} with the flags ${first[4]} that is no SETTINGS`, async () => {
      const wire = openWire();
      await rest();
      wire.peer.send(first, settings());
      await rest();
      assert.deepEqual([wire.peer.goaways, wire.ends], [[protocolError], ['breaks HTTP/2: something else before SETTINGS']]);
    });

  test('more PINGs than are ever answered, of a peer that reads nothing', async () => {
    const wire = await openReady();
    wire.peer.socket.pause();
    wire.ask({ body: new Uint8Array(60_000) });
    wire.ask({ body: new Uint8Array(5_000) });
    await rest();
    for (let turn = 0; turn < 20 && wire.ends.length === 0; turn += 1) {
      wire.peer.send(...Array.from({ length: 500 }, () => frame(ping, 0, 0, new Uint8Array(8))));
      await rest();
    }
    assert.deepEqual(wire.ends, ['breaks HTTP/2: too many frames that want an answer']);
  });
});

test('answers without a status, and bodies before their header, end their own stream only', async () => {
  const wire = await openReady();
  const asked = [wire.ask(), wire.ask(), wire.ask(), wire.ask()];
  await rest();
  wire.peer.send(
    frame(headers, endHeaders | endStream, 1, [0x0f, 0x00, 0x01, 0x78]),
    frame(data, endStream, 3, [1]),
    frame(headers, endHeaders | endStream, 5, [0x08, 0x03, 0x31, 0x30, 0x30]),
    frame(headers, endHeaders | endStream, 7, [0x88]),
  );
  await rest();
  assert.deepEqual(
    asked.map(({ end }) => [end?.answer?.headers[':status'], end?.errorCode]),
    [
      [undefined, 1],
      [undefined, 1],
      [undefined, 1],
      ['200', 0],
    ],
  );
  assert.deepEqual(
    [wire.peer.resets, wire.peer.goaways, wire.ends],
    [
      [
        [1, 1],
        [3, 1],
        [5, 1],
      ],
      [],
      [],
    ],
  );
});
