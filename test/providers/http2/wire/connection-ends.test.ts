import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import test, { type TestContext } from 'node:test';
import { waitFor } from '../../../helpers/wait-for.ts';
import { flags, frameTypes } from '../../../../providers/http2/wire/frames.ts';
import { frame, numbers, openReady, openWire, rest, settings } from './scripted-peer.ts';

const { data, headers, rstStream, ping, goaway } = frameTypes;
const end = flags.endHeaders | flags.endStream;
const pingData = [1, 2, 3, 4, 5, 6, 7, 8];

test('a request that is given up before it is written writes nothing at all', async () => {
  const wire = await openReady();
  const before = wire.peer.writes.length;
  const asked = wire.ask({ body: 'x' });
  wire.connection.cancel(asked.stream);
  assert.equal(asked.ends, 0, 'its end is told in a turn of its own');
  await rest();
  assert.deepEqual([asked.ends, asked.end?.errorCode, asked.stream.isWritten], [1, 8, false]);
  assert.equal(wire.peer.writes.length, before);
});

test('a request that is given up after it was written is reset, and ends once', async () => {
  const wire = await openReady();
  const asked = wire.ask();
  await rest();
  wire.connection.cancel(asked.stream);
  wire.connection.cancel(asked.stream);
  await rest();
  assert.deepEqual([asked.ends, asked.end?.errorCode, wire.peer.resets[0]], [1, 8, [1, 8]]);
});

test('a request that is given up amid its body sends no more of it, and opens the way', async () => {
  const wire = await openReady([settings([4, 5])]);
  const [first, second] = [wire.ask({ body: 'a long body' }), wire.ask({ body: 'short' })];
  await rest();
  wire.connection.cancel(first.stream);
  await rest();
  assert.deepEqual([wire.peer.resets, wire.peer.octets(1), second.stream.isWritten], [[[1, 8]], 5, true]);
  assert.ok(wire.connection.outgoing.isOpen);
});

test('a stream that the peer resets ends with its code, and an answer that came before it counts', async () => {
  const wire = await openReady();
  const [first, second] = [wire.ask(), wire.ask()];
  await rest();
  wire.peer.send(frame(headers, flags.endHeaders, 3, [0x88]), frame(data, 0, 3, [65]));
  wire.peer.send(frame(rstStream, 0, 1, numbers(2)), frame(rstStream, 0, 3, numbers(2)));
  await rest();
  assert.deepEqual([first.end, first.ends], [{ answer: undefined, errorCode: 2 }, 1]);
  assert.deepEqual([second.end?.answer?.body, second.ends, wire.peer.resets], ['A', 1, []]);
});

test('GOAWAY 0 ends the streams above its last id as not processed, and what was not written; the others are answered', async () => {
  const wire = await openReady([settings([4, 5])]);
  const asked = [wire.ask(), wire.ask({ body: 'a long body' }), wire.ask({ body: 'unwritten' })];
  await rest();
  wire.peer.send(frame(goaway, 0, 0, Buffer.concat([numbers(1, 0), Buffer.from('bye')])));
  await rest();
  assert.deepEqual(
    asked.map(({ ends, end: one }) => [ends, one?.errorCode]),
    [
      [0, undefined],
      [1, 7],
      [1, 7],
    ],
  );
  assert.deepEqual([wire.goaways, wire.ends], [[[0, 1, 'bye']], []]);
  wire.peer.send(frame(headers, end, 1, [0x88]));
  await rest();
  assert.equal(asked[0]?.end?.answer?.headers[':status'], '200');
  assert.equal(wire.peer.of(headers).length, 2);
});

test('a request of the turn in which a GOAWAY comes is never written', async () => {
  const wire = await openReady();
  const asked = wire.ask();
  wire.connection.goaway(0, 2 ** 31 - 1, Buffer.alloc(0));
  await rest();
  assert.deepEqual([asked.stream.isWritten, asked.end?.errorCode, wire.peer.of(headers)], [false, 7, []]);
});

test('GOAWAY with an error ends the connection', async () => {
  const wire = await openReady();
  const [first, second] = [wire.ask(), wire.ask()];
  await rest();
  wire.peer.send(frame(goaway, 0, 0, numbers(1, 2)));
  await rest();
  assert.deepEqual([first.ends, second.end?.errorCode, wire.goaways, wire.ends], [0, 7, [[2, 1, '']], [undefined]]);
  assert.ok(wire.peer.isClosed);
});

test('a PING is answered with what it said, and the answer to ours is heard once', async () => {
  const wire = await openReady();
  let pongs = 0;
  wire.connection.sendPing(() => (pongs += 1));
  wire.peer.send(frame(ping, 0, 0, pingData));
  await rest();
  assert.deepEqual(
    wire.peer.of(ping).map(({ flags: flag, payload }) => [flag, [...payload]]),
    [
      [0, [0, 0, 0, 0, 0, 0, 0, 0]],
      [flags.ack, pingData],
    ],
  );
  wire.peer.send(frame(ping, flags.ack, 0, new Uint8Array(8)), frame(ping, flags.ack, 0, new Uint8Array(8)));
  await rest();
  assert.deepEqual([pongs, wire.ends], [1, []]);
});

test('frames and settings that nobody knows are passed over', async () => {
  const wire = await openReady([settings([0x77, 7], [3, 9], [6, 1])]);
  const asked = wire.ask();
  await rest();
  wire.peer.send(
    frame(0x77, 0xff, 0, [1]),
    frame(0x77, 0xff, 1),
    frame(frameTypes.priority, 0, 1, [0, 0, 0, 0, 1]),
    frame(headers, end, 1, [0x88]),
  );
  await rest();
  assert.deepEqual([asked.ends, wire.connection.peer.maxConcurrentStreams, wire.settings, wire.peer.goaways], [1, 9, 1, []]);
  assert.equal(wire.peer.of(frameTypes.settings).filter(({ flags: flag }) => flag === flags.ack).length, 1);
});

test('giving up and pinging never throw, though the peer wants as much answered as is borne and reads nothing', async () => {
  const wire = await openReady();
  wire.peer.socket.pause();
  const asked = [wire.ask({ body: new Uint8Array(60_000) }), wire.ask({ body: new Uint8Array(5_000) })];
  await rest();
  const replies = Array.from({ length: 1_000 }, () => frame(ping, 0, 0, pingData));
  wire.peer.send(...replies);
  await rest(2);
  wire.peer.send(...replies.slice(1));
  for (const { stream } of asked) wire.connection.cancel(stream);
  wire.connection.sendPing(() => undefined);
  await rest();
  assert.deepEqual(
    asked.map(({ ends }) => ends),
    [1, 1],
  );
});

test('when we end it the peer gets a GOAWAY, and what was answered in part counts', async () => {
  const wire = await openReady();
  const [first, second] = [wire.ask(), wire.ask()];
  await rest();
  wire.peer.send(frame(headers, flags.endHeaders, 1, [0x88]));
  await rest();
  wire.connection.destroy();
  wire.connection.destroy();
  await rest();
  assert.deepEqual([first.end?.answer?.headers[':status'], second.ends, wire.peer.goaways, wire.ends], ['200', 0, [0], [undefined]]);
  assert.throws(() => wire.ask(), /has ended/);
});

test('a socket that is gone before it is used ends the connection once', async () => {
  const [near, far] = duplexPair();
  near.destroy();
  const wire = openWire(1, [near, far]);
  await rest();
  assert.deepEqual([wire.ends, wire.connection.isEnded], [[undefined], true]);
});

/** The two ends of a TCP connection. */
async function createSockets(context: TestContext): Promise<readonly [Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [far] = (await once(server, 'connection')) as [Socket];
  context.after(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
  return [near, far];
}

for (const [name, cut, reason] of [
  ['FIN', (socket: Socket) => socket.end(), undefined],
  ['RST', (socket: Socket) => socket.resetAndDestroy(), /ECONNRESET/],
] as const)
  test(`a TCP ${name} ends the connection once, and nothing of it is left`, async (context) => {
    const [near, far] = await createSockets(context);
    const wire = openWire(1_000, [near, far]);
    wire.peer.send(settings());
    await waitFor('the settings', () => wire.settings === 1);
    const asked = wire.ask();
    await waitFor('the request', () => wire.peer.of(headers).length === 1);
    cut(far);
    await waitFor('the end', () => wire.ends.length > 0);
    await rest();
    assert.deepEqual([wire.ends.length, asked.ends, near.destroyed], [1, 0, true]);
    if (reason === undefined) assert.equal(wire.ends[0], undefined);
    else assert.match(wire.ends[0] ?? '', reason);
  });
