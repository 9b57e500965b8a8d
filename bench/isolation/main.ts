/** Does a provider that hangs, and one that throws, slow the one beside them? `bench isolation [--quick]` prints a table. */
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Peer } from '../throughput/load/peer.ts';
import { Publisher, type Rates } from './publisher.ts';
import { providers, startReveille, type ProviderId } from './reveille.ts';
import { buildFigures, buildTable, type Figures } from './table.ts';

const accepting = 1_000;
const extra = 500;
/** The second is the control: as many publishes as in those below it, to a provider that is well. */
const settings: Readonly<Record<string, Rates>> = {
  'nothing else': { accepting },
  [`${extra}/s to one that accepts (control)`]: { accepting, control: extra },
  [`${extra}/s to one that hangs`]: { accepting, hanging: extra },
  [`${extra}/s to one that throws`]: { accepting, throwing: extra },
  [`${extra / 2}/s to each of the two`]: { accepting, hanging: extra / 2, throwing: extra / 2 },
};
const attachLimitMs = 60_000;

async function main(isQuick: boolean): Promise<void> {
  await using cleanUp = new AsyncDisposableStack();
  const publisher = new Publisher(await attach(cleanUp));
  for (const id of Object.keys(providers) as ProviderId[]) await publisher.register(id);
  const [rounds, ms] = isQuick ? [1, 500] : [8, 3_000];
  const figures: Record<string, Figures[]> = Object.fromEntries(Object.keys(settings).map((name) => [name, []]));
  await publisher.publish({ accepting, control: extra, hanging: extra, throwing: extra }, ms);
  for (let round = 0; round < rounds; round += 1)
    for (const [name, rates] of rotate(Object.entries(settings), round)) {
      figures[name]?.push(buildFigures(await publisher.publish(rates, ms), ms));
      console.error(`round ${round + 1} of ${rounds}: ${name}`);
    }
  console.log(
    `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, Node.js ${process.versions.node}; medians of ${rounds} rounds\n`,
  );
  console.log(buildTable(figures));
  if (Object.values(figures).some((all) => all.some(({ refused }) => refused > 0))) process.exitCode = 1;
}

/** Whatever is started is left to `cleanUp`. */
async function attach(cleanUp: AsyncDisposableStack): Promise<Peer> {
  const sockets = new Set<Socket>();
  const { promise, resolve, reject } = Promise.withResolvers<Peer>();
  const server = createServer((socket) => {
    sockets.add(socket);
    new Peer(socket, (_, peer) => resolve(peer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp.defer(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const folder = mkdtempSync(join(tmpdir(), 'reveille-isolation-'));
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755); // As root, the embedded database runs as a user of its own.
  cleanUp.defer(startReveille(folder, (server.address() as AddressInfo).port, () => reject(new Error('reveille ended'))));
  const timer = setTimeout(() => reject(new Error('reveille did not attach')), attachLimitMs);
  return promise.finally(() => clearTimeout(timer));
}

/** Each round begins with another setting, so that none is always the first after a pause. */
function rotate<T>(items: readonly T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

const args = process.argv.slice(2);
if (args.some((arg) => arg !== '--quick')) {
  console.error('bench isolation [--quick]');
  process.exitCode = 2;
} else await main(args.includes('--quick'));
