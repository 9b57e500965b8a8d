import assert from 'node:assert/strict';
import test from 'node:test';
import { flags, frameTypes } from '../../../../providers/http2/wire/frames.ts';
import { frame, numbers, openReady, rest, settings, type Wire } from './scripted-peer.ts';

const { data, headers, windowUpdate } = frameTypes;

function widen({ peer }: Wire, id: number, by: number): Promise<void> {
  peer.send(frame(windowUpdate, 0, id, numbers(by)));
  return rest();
}

function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, place) => place % 251);
}

function bodyOf({ peer }: Wire, id: number): Buffer {
  return Buffer.concat(peer.of(data).flatMap((one) => (one.id === id ? [one.payload] : [])));
}

test('a body longer than a frame leaves in several, the last of which ends the stream', async () => {
  const wire = await openReady();
  wire.ask({ body: bytes(40_000) });
  await rest();
  assert.deepEqual(
    wire.peer.of(data).map(({ payload, flags: flag }) => [payload.length, flag]),
    [
      [16_384, 0],
      [16_384, 0],
      [7_232, 1],
    ],
  );
  assert.deepEqual(bodyOf(wire, 1), Buffer.from(bytes(40_000)));
});

test('a body longer than the window of the connection waits for more of it, and closes the way', async () => {
  const wire = await openReady([settings([4, 1_000_000])]);
  const { stream } = wire.ask({ body: bytes(200_000) });
  await rest();
  assert.deepEqual([wire.peer.octets(), wire.connection.outgoing.isOpen, stream.isWritten], [65_535, false, false]);
  await widen(wire, 1, 500_000);
  assert.equal(wire.peer.octets(), 65_535);
  await widen(wire, 0, 100_000);
  assert.equal(wire.peer.octets(), 165_535);
  await widen(wire, 0, 100_000);
  assert.deepEqual([wire.peer.octets(), wire.connection.outgoing.isOpen, stream.isWritten], [200_000, true, true]);
  assert.deepEqual(bodyOf(wire, 1), Buffer.from(bytes(200_000)));
});

test('a body longer than the window of its stream waits for more of it', async () => {
  const wire = await openReady([settings([4, 10])]);
  const { stream } = wire.ask({ body: bytes(25) });
  await rest();
  assert.deepEqual([wire.peer.octets(), stream.isWritten], [10, false]);
  await widen(wire, 1, 10);
  assert.deepEqual([wire.peer.octets(), stream.isWritten], [20, false]);
  await widen(wire, 1, 10);
  assert.deepEqual([wire.peer.octets(), stream.isWritten, bodyOf(wire, 1)], [25, true, Buffer.from(bytes(25))]);
});

test('while a body waits nothing is written behind it, though it came in the same turn', async () => {
  const wire = await openReady([settings([4, 0])]);
  const asked = [wire.ask({ body: 'one' }), wire.ask({ body: 'two' }), wire.ask()];
  await rest();
  assert.deepEqual(
    asked.map(({ stream }) => stream.id),
    [1, 0, 0],
  );
  assert.deepEqual([wire.peer.octets(), wire.connection.outgoing.isOpen], [0, false]);
  const { rooms } = wire;
  await widen(wire, 1, 3);
  assert.deepEqual(
    asked.map(({ stream }) => stream.id),
    [1, 3, 0],
  );
  await widen(wire, 3, 3);
  assert.deepEqual(
    asked.map(({ stream }) => stream.isWritten),
    [true, true, true],
  );
  assert.ok(wire.connection.outgoing.isOpen && wire.rooms > rooms);
});

test('SETTINGS that lower a window below what was sent hold the rest until it is above nothing again', async () => {
  const wire = await openReady([settings([4, 100])]);
  wire.ask({ body: bytes(150) });
  await rest();
  assert.equal(wire.peer.octets(), 100);
  wire.peer.send(settings([4, 20]));
  await widen(wire, 1, 80);
  assert.equal(wire.peer.octets(), 100);
  await widen(wire, 1, 10);
  assert.equal(wire.peer.octets(), 110);
  wire.peer.send(settings([4, 1_000]));
  await rest();
  assert.deepEqual(bodyOf(wire, 1), Buffer.from(bytes(150)));
});

test('what a stream sent counts against its window, so that a peer may widen it by as much', async () => {
  const wire = await openReady([settings([4, 2 ** 31 - 1])]);
  wire.ask({ body: bytes(100) });
  await rest();
  await widen(wire, 1, 100);
  assert.deepEqual([wire.peer.goaways, wire.ends], [[], []]);
});

test('a connection whose window is used up tells when there is room again', async () => {
  const wire = await openReady();
  wire.ask({ body: bytes(65_535) });
  await rest();
  assert.equal(wire.connection.outgoing.isOpen, false);
  const { rooms } = wire;
  await widen(wire, 0, 10);
  assert.deepEqual([wire.connection.outgoing.isOpen, wire.rooms], [true, rooms + 1]);
});

test('a body that waits makes the connection stuck after a while, but not before, nor where we were busy', async () => {
  const wire = await openReady([settings([4, 0])]);
  wire.ask({ body: 'x' });
  await rest();
  const { outgoing } = wire.connection;
  const now = performance.now();
  assert.deepEqual([outgoing.isStuck(now + 2_400), outgoing.isStuck(now + 2_501)], [false, true]);
  outgoing.forgive(now + 2_501);
  assert.deepEqual([outgoing.isStuck(now + 5_000), outgoing.isStuck(now + 5_002)], [false, true]);
  await widen(wire, 1, 1);
  assert.equal(outgoing.isStuck(Infinity), false);
});

test('giving up what waits behind a body is no sign of life of a stuck connection', async () => {
  const wire = await openReady([settings([4, 0])]);
  wire.ask({ body: 'x' });
  const second = wire.ask({ body: 'y' });
  await rest();
  wire.connection.outgoing.forgive(-10_000);
  wire.connection.cancel(second.stream);
  await rest();
  assert.ok(wire.connection.outgoing.isStuck(0));
});

test('never more is sent than was allowed, whatever is allowed and when', async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    let state = seed;
    const draw = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
    let initial = draw(2_000);
    const wire = await openReady([settings([4, initial])]);
    const bodies = Array.from({ length: 12 }, () => bytes(draw(8_000)));
    const asked = bodies.map((body) => wire.ask({ body }));
    const given = new Map<number, number>();
    let all = 65_535;
    // What the stream of the connection was allowed is known at the moment it is sent: it is told one at a time.
    for (let round = 0; round < 1_000 && asked.some(({ stream }) => !stream.isWritten); round += 1) {
      const open = asked.find(({ stream }) => !stream.isWritten && stream.id > 0);
      const by = 1 + draw(3_000);
      if (draw(3) === 0) {
        all += by;
        wire.peer.send(frame(windowUpdate, 0, 0, numbers(by)));
      } else if (open !== undefined && draw(4) > 0) {
        given.set(open.stream.id, by + (given.get(open.stream.id) ?? 0));
        wire.peer.send(frame(windowUpdate, 0, open.stream.id, numbers(by)));
      } else {
        initial = Math.max(initial, draw(2_000));
        wire.peer.send(settings([4, initial]));
      }
      await rest(3);
      assert.ok(wire.peer.octets() <= all, 'more than the connection');
      for (const { stream } of asked) assert.ok(wire.peer.octets(stream.id) <= initial + (given.get(stream.id) ?? 0) || stream.id === 0);
    }
    bodies.forEach((body, place) => assert.deepEqual(bodyOf(wire, 2 * place + 1), Buffer.from(body)));
    wire.peer.send(...asked.map(({ stream }) => frame(headers, flags.endHeaders | flags.endStream, stream.id, [0x88])));
    await rest();
    assert.ok(asked.every(({ ends }) => ends === 1));
  }
});
