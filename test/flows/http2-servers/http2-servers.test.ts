import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Exchange } from '../../../providers/http2/exchange.ts';
import { createPool, type Pool } from '../../../providers/http2/pool/pool.ts';
import { never, tally } from '../../providers/kit.ts';
import { http2Servers } from './http2-servers.ts';
import { serverOrSkip } from '../../servers/server-or-skip.ts';

const count = 2_000;
const atOnce = 500;
const limitMs = 60_000;

async function askAll(pool: Pool, more: readonly string[] = []): Promise<readonly Exchange[]> {
  const exchanges: Exchange[] = [];
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const body = new Uint8Array((next * 37) % 4_097);
      next += 1;
      const headers = [':method', 'POST', ':scheme', 'https', ':authority', pool.authority, ':path', '/x', ...more];
      exchanges.push(await pool.request({ headers, body, deadline: performance.now() + limitMs, signal: never }));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return exchanges;
}

const outcome = (exchange: Exchange) =>
  exchange.kind === 'answered' ? `${exchange.status} ${exchange.body}` : `${exchange.kind}: ${exchange.reason}`;

for (const kind of http2Servers)
  describe(`pushes to ${kind.name}`, { skip: kind.packages.length > 0 && (await serverOrSkip(kind.packages)) }, () => {
    const cleanUp = new AsyncDisposableStack();
    let pool: Pool;
    before(async () => {
      const { origin, ca } = cleanUp.adopt(await kind.start(), (one) => one.stop().then(() => undefined));
      const silent = { debug: () => undefined, warn: () => undefined };
      pool = cleanUp.adopt(createPool({ origin, ca }, silent), (one) => one.close());
    });
    after(() => cleanUp.disposeAsync());

    test('thousands with bodies of all lengths are answered, each once, none in doubt', async () => {
      assert.deepEqual(tally((await askAll(pool)).map(outcome)), { '200 taken': count });
      const { inDoubt, resentInDoubt, goaways } = pool.traffic;
      assert.deepEqual([inDoubt, resentInDoubt, goaways > 0], [0, 0, kind.leaves]);
    });

    test('those with headers of 10 KB as well', async () => {
      const exchanges = await askAll(pool, ['x-long', 'abcdefgh'.repeat(1_280)]);
      assert.deepEqual(tally(exchanges.map(outcome)), { '200 taken': count });
    });
  });
