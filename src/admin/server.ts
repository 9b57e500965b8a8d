// Room: the status page and its API on a listener of its own: shows how the program is doing, and acts. In: requests with the token. Out:
// pages, JSON, events. May enter: app.
import type { RequestListener } from 'node:http';
import Koa from 'koa';
import type { Log } from '../log/log.ts';
import { openListener } from '../http/listener.ts';
import { buildAnswering } from './answering.ts';
import { Gate } from './gate/gate.ts';
import { loadPageFiles } from './page/page.ts';
import { Pulse, type PulseOptions } from './pulse.ts';
import { buildCertificateRoute, type CertificateParts } from './routes/certificate.ts';
import { buildDeviceRoutes, type DeviceParts } from './routes/devices.ts';
import { buildDoctorRoute, type Examine } from './routes/doctor.ts';
import { buildWatchingRoutes, type WatchingParts } from './routes/watching.ts';
import type { AdminRoute } from './routes/route.ts';
import { readState, type StateSources } from './state/state.ts';
import { Audience } from './streams/audience.ts';

export interface AdminOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly token: string;
  readonly hosts: readonly string[];
}

export type AdminParts = Omit<StateSources, 'upSince' | 'viewers'> &
  Pick<PulseOptions, 'readSnapshot'> &
  Omit<DeviceParts, 'closing'> &
  CertificateParts &
  Pick<WatchingParts, 'feed' | 'pseudonyms'> & { readonly log: Log; readonly examine: Examine | undefined };

/** Listening once created, closed by whoever created it. */
export interface AdminServer {
  readonly port: number;
  readonly routes: readonly Pick<AdminRoute, 'method' | 'path'>[];
  close(): Promise<void>;
}

const timing = { keepAliveMs: 15_000, stuckMs: 30_000 };
const mostViewers = 200;
const mostFollowers = 20;
/** Those, and room for whoever is to hear that there is none. */
const maxConnections = 300;

/** Opens the listener and begins to remember. Rejects where the address is taken or not ours. */
export async function openAdminServer({ listen, token, hosts }: AdminOptions, parts: AdminParts): Promise<AdminServer> {
  const { log } = parts;
  const closing = new AbortController();
  const viewers = new Audience({ ...timing, most: mostViewers });
  const followers = new Audience({ ...timing, most: mostFollowers });
  const patients = new Audience({ ...timing, most: 1 });
  const sources: StateSources = { ...parts, upSince: () => pulse.upSince, viewers: () => viewers.size + followers.size };
  const pulse = new Pulse({ ...parts, readState: () => readState(sources), isUp: () => parts.health.component.up > 0, viewers });
  const routes = [
    ...buildWatchingRoutes({
      ...parts,
      viewers,
      followers,
      readState: () => pulse.readState(),
      readChart: (range) => pulse.readChart(range),
    }),
    ...buildDeviceRoutes({ ...parts, closing: closing.signal }),
    buildCertificateRoute(parts),
    buildDoctorRoute({ ...parts, patients, closing: closing.signal }),
  ];
  const gate = new Gate({ token, hosts: [...hosts, listen.host], onWrong: (client) => log.warn('admin-token-wrong', { client }) });
  const app = new Koa();
  app.on('error', (error: unknown) => log.error('admin-failed', { error }));
  app.use(buildAnswering({ gate, routes, files: loadPageFiles(), log }));
  const answer = app.callback();
  // Koa settles this promise with the answer sent, whatever a route does.
  const handle: RequestListener = (request, response) => void answer(request, response);
  const listener = await openListener({ listen, handle, maxConnections }, log).catch(async (error: unknown) => {
    await pulse.close();
    throw error;
  });
  return {
    port: listener.port,
    routes,
    close: async () => {
      closing.abort();
      await pulse.close();
      for (const audience of [viewers, followers, patients]) audience.close();
      await listener.close();
    },
  };
}
