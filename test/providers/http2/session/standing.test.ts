import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Standing } from '../../../../providers/http2/session/standing.ts';

function abandon(standing: Standing, times: number): Standing {
  for (let count = 0; count < times; count += 1) standing.abandoned();
  return standing;
}

test('a session that never answered is given up after four requests in vain, another one after twenty', () => {
  assert.deepEqual(
    [3, 4].map((times) => abandon(new Standing({}), times).isHopeless),
    [false, true],
  );
  const proven = new Standing({});
  proven.answered(503);
  assert.deepEqual([abandon(proven, 19).isHopeless, abandon(proven, 1).isHopeless], [false, true]);
});

test('a server that allows no stream at all gets another connection, be the first one proven or not', () => {
  const fresh = new Standing({ startsAtOne: true });
  assert.deepEqual([fresh.wantsCompany(0), fresh.wantsCompany(1), fresh.wantsCompany(1000)], [true, false, false]);
  fresh.answered(200);
  assert.deepEqual([fresh.wantsCompany(0), fresh.wantsCompany(1), fresh.wantsCompany(1000)], [true, false, true]);
});
