import assert from 'node:assert/strict';
import { duplexPair } from 'node:stream';
import { describe, test } from 'node:test';
import { buildJob, type Exchange, type Job } from '../../../../providers/http2/exchange.ts';
import { Session } from '../../../../providers/http2/session/session.ts';
import { flags, frameTypes } from '../../../../providers/http2/wire/frames.ts';
import { never } from '../../kit.ts';
import { frame, numbers, rest, ScriptedPeer, settings, usualHeaders } from '../wire/scripted-peer.ts';

const { headers, windowUpdate } = frameTypes;
const answer = (id: number) => frame(headers, flags.endHeaders | flags.endStream, id, [0x88]);

/** A session whose first push waits amid its body for the peer's window. */
async function createBlocked() {
  const [near, far] = duplexPair();
  const peer = new ScriptedPeer(far);
  const told = { rooms: 0, returned: [] as Job[], doubted: [] as Job[], closed: 0 };
  const ignore = () => undefined;
  const owner = {
    onRoom: () => void (told.rooms += 1),
    onReturned: (job: Job) => void told.returned.push(job),
    onDoubt: (job: Job) => void told.doubted.push(job),
    onFirstAnswer: ignore,
    onSilent: ignore,
    onGoaway: ignore,
    onClosed: () => void (told.closed += 1),
  };
  const session = new Session(near, owner, { origin: new URL('https://push.example.org') });
  peer.send(settings([4, 3]));
  await rest();
  const exchanges: Exchange[] = [];
  const send = (body: string) => {
    const job = buildJob({ headers: usualHeaders, body, deadline: Infinity, signal: never }, (exchange) => exchanges.push(exchange));
    assert.ok(session.send(job));
    return job;
  };
  const first = send('a push');
  await rest();
  assert.deepEqual([session.room, peer.octets()], [0, 3]);
  told.rooms = 0;
  return { session, peer, told, exchanges, send, first };
}

describe('a blocked way to a push service', () => {
  test('is open again when the peer takes the rest', async () => {
    const { session, peer, told } = await createBlocked();
    peer.send(frame(windowUpdate, 0, 1, numbers(3)));
    await rest();
    assert.deepEqual([session.room, peer.octets(), told.rooms], [499, 6, 1]);
  });

  test('stays blocked, and tells of no room, whatever else the peer says', async () => {
    const { session, peer, told } = await createBlocked();
    for (let count = 0; count < 100; count += 1) peer.send(frame(windowUpdate, 0, 0, numbers(1)));
    await rest();
    assert.deepEqual([session.room, peer.octets(), told.rooms], [0, 3, 0]);
  });

  test('takes the next push when the one before it is answered', async () => {
    const { session, peer, exchanges, send } = await createBlocked();
    peer.send(answer(1));
    await rest();
    assert.deepEqual([session.room, exchanges[0]?.kind], [500, 'answered']);
    send('x');
    await rest();
    peer.send(answer(3));
    await rest();
    assert.equal(exchanges.length, 2);
  });

  test('says nothing more when its connection is gone: what was not whole is returned, once', async () => {
    const { session, peer, told, first } = await createBlocked();
    peer.socket.end();
    await rest();
    const { rooms } = told;
    await rest();
    assert.deepEqual([told.returned, told.doubted, told.closed, session.room, told.rooms], [[first], [], 1, 0, rooms]);
  });

  test('that stays so gives its pushes back, for another connection, and those that were written stay', async () => {
    const { session, peer, told, first, send } = await createBlocked();
    const second = send('unwritten');
    await rest();
    session.beat(performance.now() + 2_600);
    await rest();
    assert.deepEqual([told.returned, told.doubted, session.isUsable], [[first, second], [], false]);
    assert.equal(peer.of(headers).length, 1);
  });
});
