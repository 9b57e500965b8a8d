import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAuthority, buildSigningKey } from '../../src/sandbox/authority.ts';
import type { Http2Commands } from './floor/http2.ts';
import type { LibraryCommands } from './floor/library.ts';
import { startHelper, type Helper } from '../base/helper.ts';
import type { LoadCommands } from './load/main.ts';
import type { Figures, Interval } from './measure.ts';
import type { Plan } from './plan.ts';
import { startReveille } from './reveille.ts';
import type { SinkCommands } from './sink/main.ts';

export const subjects = ['reveille', 'library', 'library-quick', 'http2'] as const;
/** What is measured: the product, and the floor under it. */
export type Subject = (typeof subjects)[number];

/** Every process of the bench, up and connected. */
export interface Stage {
  /** Lets the push service take this long, and the bare library just as long for its answers. */
  delay(ms: number): Promise<void>;
  measure(subject: Subject, interval: Interval): Promise<Figures>;
  /** The processes that make the load; they must not be what limits. */
  readonly around: Readonly<Record<'load generator' | 'push service', number>>;
}

interface Around {
  readonly load: Helper<LoadCommands>;
  readonly sink: Helper<SinkCommands>;
  readonly serverPort: number;
  readonly sinkPort: number;
  readonly ca: string;
}

const domains = { reveille: 'push.example.org', library: 'stock.example.org', 'library-quick': 'quick.example.org' };
const provider = 'tigase:messenger:apns:1';

/** Whatever is started is left to `cleanUp`. */
export async function openStage({ devices, nodeOptions }: Plan, cleanUp: AsyncDisposableStack): Promise<Stage> {
  const around = await openAround(cleanUp);
  const reveille = await openReveille(around, devices, nodeOptions, cleanUp);
  const library = await openLibrary(around, 'library', cleanUp);
  const quickLibrary = await openLibrary(around, 'library-quick', cleanUp);
  const http2 = await openHttp2(around, devices, cleanUp);
  const { load, sink } = around;
  const pids = { reveille: reveille.pid, library: library.pid, 'library-quick': quickLibrary.pid };
  return {
    async delay(ms) {
      await Promise.all([sink.ask('delay', ms), library.ask('delay', ms), quickLibrary.ask('delay', ms)]);
    },
    measure(subject, interval) {
      if (subject === 'http2') return http2.ask('push', interval);
      const figures = load.ask('publish', { ...interval, domain: domains[subject], pid: pids[subject] });
      return subject === 'reveille' ? Promise.race([figures, reveille.failed]) : figures;
    },
    around: { 'load generator': load.pid, 'push service': sink.pid },
  };
}

async function openAround(cleanUp: AsyncDisposableStack): Promise<Around> {
  const { ca, server } = buildAuthority();
  const load = startHelper<LoadCommands>(new URL('load/main.ts', import.meta.url));
  cleanUp.defer(() => load.close());
  const sink = startHelper<SinkCommands>(new URL('sink/main.ts', import.meta.url));
  cleanUp.defer(() => sink.close());
  return { load, sink, ca, serverPort: await load.ask('listen', undefined), sinkPort: await sink.ask('listen', server) };
}

async function openReveille(around: Around, devices: number, nodeOptions: readonly string[], cleanUp: AsyncDisposableStack) {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-bench-'));
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755); // As root, the embedded database runs as a user of its own.
  const domain = domains.reveille;
  const reveille = startReveille({ ...around, folder, domain, provider, key: buildSigningKey(), nodeOptions });
  cleanUp.defer(() => reveille.close());
  await Promise.race([around.load.ask('attached', domain), reveille.failed]);
  await around.load.ask('register', { domain, provider, devices });
  // The first push of each device asks the database.
  await around.load.ask('publishToEach', domain);
  return reveille;
}

async function openLibrary({ load, serverPort: port }: Around, name: 'library' | 'library-quick', cleanUp: AsyncDisposableStack) {
  const library = startHelper<LibraryCommands>(new URL('floor/library.ts', import.meta.url));
  cleanUp.defer(() => library.close());
  await library.ask('connect', { port, domain: domains[name], isQuick: name === 'library-quick' });
  await load.ask('attached', domains[name]);
  return library;
}

async function openHttp2({ sink, sinkPort: port, ca }: Around, devices: number, cleanUp: AsyncDisposableStack) {
  const sample = await sink.ask('sample', undefined);
  if (sample === undefined) throw new Error('no push has reached the push service');
  const http2 = startHelper<Http2Commands>(new URL('floor/http2.ts', import.meta.url));
  cleanUp.defer(() => http2.close());
  await http2.ask('connect', { port, ca, sample, devices });
  return http2;
}
