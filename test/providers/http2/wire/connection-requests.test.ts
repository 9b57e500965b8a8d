import assert from 'node:assert/strict';
import test from 'node:test';
import { flags, frameTypes } from '../../../../providers/http2/wire/frames.ts';
import { frame, openReady, openWire, rest, settings, usualHeaders } from './scripted-peer.ts';

const { data, headers, continuation } = frameTypes;

test('the preface and SETTINGS without push are the first words', async () => {
  const { peer } = openWire();
  await rest();
  assert.deepEqual(
    peer.frames.map(({ type, flags: flag, id, payload }) => [type, flag, id, [...payload]]),
    [[frameTypes.settings, 0, 0, [0, 2, 0, 0, 0, 0]]],
  );
});

test('the requests of one turn leave in one write, in order, each with the next odd id', async () => {
  const wire = await openReady();
  const before = wire.peer.writes.length;
  const asked = [wire.ask({ body: 'one' }), wire.ask(), wire.ask({ body: Buffer.from('three') })];
  assert.deepEqual(
    asked.map(({ stream }) => [stream.id, stream.isWritten]),
    [
      [0, false],
      [0, false],
      [0, false],
    ],
  );
  await rest();
  assert.equal(wire.peer.writes.length, before + 1);
  const sent = wire.peer.frames.filter(({ id }) => id > 0);
  const { endHeaders, endStream } = flags;
  assert.deepEqual(
    sent.map(({ type, flags: flag, id, payload }) => [type, flag, id, type === data ? payload.toString() : '']),
    [
      [headers, endHeaders, 1, ''],
      [data, endStream, 1, 'one'],
      [headers, endHeaders | endStream, 3, ''],
      [headers, endHeaders, 5, ''],
      [data, endStream, 5, 'three'],
    ],
  );
  for (const { payload } of sent.filter(({ type }) => type === headers)) assert.deepEqual(wire.peer.decode(payload), usualHeaders);
  assert.deepEqual(
    asked.map(({ stream }) => [stream.id, stream.isWritten]),
    [
      [1, true],
      [3, true],
      [5, true],
    ],
  );
});

test('a body of many bytes a character is as long as it says', async () => {
  const wire = await openReady();
  wire.ask({ body: 'zwölf €' });
  await rest();
  assert.equal(wire.peer.of(data)[0]?.payload.toString(), 'zwölf €');
});

test('a header block longer than a frame goes out in CONTINUATIONs', async () => {
  const wire = await openReady();
  const long = [...usualHeaders, 'x-long', '~'.repeat(40_000)];
  wire.ask({ headers: long, body: 'x' });
  await rest();
  const sent = wire.peer.frames.filter(({ id }) => id === 1);
  const parts = sent.filter(({ type }) => type !== data);
  assert.deepEqual(
    sent.map(({ type, flags: flag }) => [type, flag]),
    [[headers, 0], ...parts.slice(2).map(() => [continuation, 0]), [continuation, flags.endHeaders], [data, flags.endStream]],
  );
  assert.ok(parts.length > 2 && parts.every(({ payload }) => payload.length <= 16_384));
  assert.deepEqual(wire.peer.decode(Buffer.concat(parts.map(({ payload }) => payload))), long);
});

test('a request with headers that are none is refused, and those beside it leave', async () => {
  const wire = await openReady();
  const asked = [wire.ask(), wire.ask({ headers: [...usualHeaders, 'x-a', 'a\nb'], body: 'x' }), wire.ask()];
  await rest();
  const refusal = 'The value of header x-a holds a character that no header may hold';
  assert.deepEqual([asked[1]?.ends, asked[1]?.end, asked[1]?.stream.isWritten], [1, { answer: undefined, errorCode: 7, refusal }, false]);
  const sent = wire.peer.of(headers);
  assert.equal(sent.length, 2);
  for (const { payload } of sent) assert.deepEqual(wire.peer.decode(payload), usualHeaders);
  wire.peer.send(...sent.map(({ id }) => frame(headers, flags.endHeaders | flags.endStream, id, [0x88])));
  await rest();
  assert.deepEqual([asked[0]?.ends, asked[2]?.ends, wire.ends], [1, 1, []]);
});

test('what is over when the socket takes it is not written, though it was handed over before', async () => {
  const wire = await openReady();
  const over = wire.ask({ headers: usualHeaders, body: 'over', endsAt: performance.now() });
  const inTime = wire.ask({ headers: usualHeaders, body: 'in time', endsAt: performance.now() + 60_000 });
  await rest();
  assert.deepEqual([over.end?.refusal, over.stream.isWritten], ['expired before it was sent', false]);
  assert.deepEqual([wire.peer.of(data).map(({ payload }) => payload.toString()), inTime.ends], [['in time'], 0]);
});

test('a table of headers that the peer does not want is not used', async () => {
  const wire = await openReady([settings([1, 0])]);
  const fields = [...usualHeaders, 'x-kind', 'teapot'];
  for (let count = 0; count < 3; count += 1) {
    wire.ask({ headers: fields });
    await rest();
  }
  const blocks = wire.peer.of(headers).map(({ payload }) => payload);
  assert.equal(blocks[0]?.[0], 0x20, 'the first block tells the size of the table');
  assert.deepEqual(blocks[1], blocks[2]);
  for (const block of blocks) {
    assert.deepEqual(wire.peer.decode(block), fields);
  }
});
