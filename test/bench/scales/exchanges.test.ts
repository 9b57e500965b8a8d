import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Exchanges } from '../../../bench/throughput/load/exchanges.ts';
import type { Peer } from '../../../bench/throughput/load/peer.ts';
import { Spread } from '../../../bench/throughput/load/spread.ts';
import { idMark } from '../../../bench/throughput/load/stanzas.ts';
import type { Load, Workload } from '../../../bench/throughput/measure.ts';

/** A connection that remembers the ids it was sent, and answers when told to. */
function createPeer() {
  const sent: string[] = [];
  const peer: Pick<Peer, 'onText' | 'write'> = {
    onText: () => undefined,
    write: (text) => void sent.push(...[...text.matchAll(new RegExp(`${idMark}\\d+`, 'g'))].map(([id]) => id)),
  };
  const answer = (id = '') => peer.onText(`<iq type="result" id="${id}"/>`);
  return { peer: peer as Peer, sent, answer };
}

test('each answer makes room for the next request', () => {
  const { peer, sent, answer } = createPeer();
  const exchanges = new Exchanges(peer, () => ['<iq id="', '"/>']);
  exchanges.start({ inFlight: 2, inBursts: false });
  answer(sent[0]);
  assert.deepEqual([sent.length, exchanges.ended, exchanges.latencies.length, exchanges.failures], [3, 1, 1, 0]);
});

test('what is answered twice is a failure', () => {
  const { peer, sent, answer } = createPeer();
  let left = 1;
  const exchanges = new Exchanges(peer, () => (left-- > 0 ? ['<iq id="', '"/>'] : undefined));
  exchanges.start({ inFlight: 1, inBursts: false });
  answer(sent[0]);
  answer(sent[0]);
  assert.deepEqual([exchanges.ended, exchanges.latencies.length, exchanges.failures], [2, 1, 1]);
});

test('stopped in the middle of a burst, it waits for what is in flight alone', async () => {
  const { peer, sent, answer } = createPeer();
  const exchanges = new Exchanges(peer, () => ['<iq id="', '"/>']);
  exchanges.start({ inFlight: 2, inBursts: true });
  answer(sent[0]);
  const stopped = exchanges.stop();
  answer(sent[1]);
  await stopped;
  assert.equal(sent.length, 2);
});

test('at a pace nothing goes out before it is due, and a stop ends what is not in flight', async () => {
  const { peer, sent } = createPeer();
  const exchanges = new Exchanges(peer, () => ['<iq id="', '"/>']);
  exchanges.start({ inFlight: 5, inBursts: false, perSecond: 1e-6 });
  await exchanges.stop();
  assert.equal(sent.length, 0);
});

test('several connections share what is in flight, and are counted together', () => {
  const loads: Load[] = [];
  const part = (latencies: number[]): Workload => ({
    latencies,
    failures: 1,
    ended: 2,
    start: (load) => void loads.push(load),
    stop: () => Promise.resolve(),
  });
  const spread = new Spread([part([1]), part([2, 3])]);
  spread.start({ inFlight: 5, inBursts: false, perSecond: 100 });
  assert.deepEqual(
    loads.map(({ inFlight, perSecond }) => [inFlight, perSecond]),
    [
      [2, 50],
      [3, 50],
    ],
  );
  assert.deepEqual([spread.latencies, spread.failures, spread.ended], [[1, 2, 3], 2, 4]);
  spread.latencies = [];
  spread.ended = 0;
  assert.deepEqual([spread.latencies, spread.ended], [[], 0]);
});
