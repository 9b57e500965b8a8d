import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { findListen } from '../../../src/cli/init/free-port.ts';

test('the first port that nobody has is taken for HTTP', async (context) => {
  const holders = [createServer(), createServer()];
  for (const holder of holders) await once(holder.listen(0, '127.0.0.1'), 'listening');
  const [taken = 0, free = 0] = holders.map((holder) => (holder.address() as AddressInfo).port);
  holders[1]!.close();
  context.after(() => holders[0]!.close());
  // Who holds a port is asked whether it is a Reveille; this one hangs up.
  holders[0]!.on('connection', (socket) => socket.destroy());
  assert.equal(await findListen(AbortSignal.timeout(10_000), [taken, free]), `127.0.0.1:${free}`);
});
