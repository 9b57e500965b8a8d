import { startHelper } from '../base/helper.ts';
import { openAround, type Around } from './around.ts';
import { buildPackage } from './build.ts';
import type { Http2Commands } from './floor/http2.ts';
import type { LibraryCommands } from './floor/library.ts';
import type { Figures, Interval } from './measure.ts';
import type { Plan } from './plan.ts';
import { here } from './reveille.ts';
import { openSubject, type Subject } from './subject.ts';

export const contestants = ['reveille', 'library', 'library-quick', 'http2'] as const;
/** What is measured: the product, and the floor under it. */
export type Contestant = (typeof contestants)[number];

/** Every process of the bench, up and connected. */
export interface Stage {
  /** Lets the push service take this long, and the bare library just as long for its answers. */
  delay(ms: number): Promise<void>;
  /** How many pushes arrived is told where the contestant sends any. */
  measure(contestant: Contestant, interval: Interval): Promise<Figures & { readonly arrived?: number }>;
  readonly reveille: Subject;
  /** Bytes, before anything was registered. */
  readonly idle: ReturnType<Subject['memory']>;
  /** The processes that make the load; they must not be what limits. */
  readonly around: Readonly<Record<'load generator' | 'push service', number>>;
}

const domains = { library: 'stock.example.org', 'library-quick': 'quick.example.org' };

/** Whatever is started is left to `cleanUp`. */
export async function openStage(
  { devices, nodeOptions }: Pick<Plan, 'devices' | 'nodeOptions'>,
  cleanUp: AsyncDisposableStack,
): Promise<Stage> {
  const around = await openAround(cleanUp);
  const reveille = await openSubject(around, { domain: 'push.example.org', built: buildPackage(here, cleanUp), nodeOptions }, cleanUp);
  const idle = reveille.memory();
  await reveille.register(devices);
  const library = await openLibrary(around, 'library', cleanUp);
  const quickLibrary = await openLibrary(around, 'library-quick', cleanUp);
  const http2 = await openHttp2(around, devices, cleanUp);
  const { load, sink } = around;
  const pids = { library: library.pid, 'library-quick': quickLibrary.pid };
  return {
    async delay(ms) {
      await Promise.all([sink.ask('delay', ms), library.ask('delay', ms), quickLibrary.ask('delay', ms)]);
    },
    measure(contestant, interval) {
      if (contestant === 'http2') return http2.ask('push', interval);
      if (contestant === 'reveille') return reveille.measure(interval);
      const measured = { programs: [pids[contestant]], databases: [] };
      return load.ask('publish', { ...interval, domain: domains[contestant], measured });
    },
    reveille,
    idle,
    around: { 'load generator': load.pid, 'push service': sink.pid },
  };
}

async function openLibrary({ load, serverPort: port }: Around, name: 'library' | 'library-quick', cleanUp: AsyncDisposableStack) {
  const library = startHelper<LibraryCommands>(new URL('floor/library.ts', import.meta.url));
  cleanUp.defer(() => library.close());
  await library.ask('connect', { port, domain: domains[name], isQuick: name === 'library-quick' });
  await load.ask('attached', { domain: domains[name], connections: 1 });
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
