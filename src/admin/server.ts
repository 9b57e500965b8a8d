// Room: the status page and its API on a listener of its own: shows how the program is doing, and acts. In: requests with the token. Out:
// pages, JSON, events. May enter: app.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import Koa from 'koa';
import type { Log } from '../log/log.ts';
import { answerClientErrors } from '../http/answer-client-error.ts';
import { buildAnswering } from './answering.ts';
import { Gate } from './gate/gate.ts';
import { loadPageFiles } from './page-files.ts';
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

/** Bounds of one connection: time for the header and for the whole request, idle time, bytes of the header. */
const bounds = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 8 * 1024,
};
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
  const server = serve(app);
  try {
    server.listen(listen.port, listen.host);
    await once(server, 'listening');
  } catch (error) {
    await pulse.close();
    throw error;
  }
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : listen.port,
    routes,
    close: async () => {
      closing.abort();
      await pulse.close();
      for (const audience of [viewers, followers, patients]) audience.close();
      await closeServer(server);
    },
  };
}

function serve(app: Koa): Server {
  const handle = app.callback();
  // Koa settles this promise with the answer sent, whatever a route does.
  const listener = (request: IncomingMessage, response: ServerResponse) => void handle(request, response);
  const server = createServer(bounds, listener);
  server.maxConnections = maxConnections;
  server.on('checkExpectation', listener);
  answerClientErrors(server);
  return server;
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
