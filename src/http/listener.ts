import { once } from 'node:events';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer } from '../base/node/http.ts';
import type { Log } from '../log/log.ts';
import { answerClientErrors } from './answer-client-error.ts';
import { Keeping, RequestConnections, type ConnectionKeeper } from './kept-connections.ts';
import { Handshakes } from './tls/handshakes.ts';
import { renewCertificate } from './tls/renewal.ts';
import { loadServerCertificate, type CertificateFiles } from './tls/server-certificate.ts';

/** Bounds of one connection: time for the header and for the whole request, idle time, bytes of the header. */
const bounds = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 8 * 1024,
};
const usualMaxConnections = 1_000;

/** For the TLS handshake; what takes longer is ended. */
const handshakeTimeout = 10_000;

export interface ListenerOptions {
  readonly listen: { readonly host: string; readonly port: number };
  /** What the keeper does not take. */
  readonly handle: RequestListener;
  /** Absent: no connection outlives its requests. */
  readonly keeper?: ConnectionKeeper | undefined;
  /** See {@link Keeping}: nobody else asks for it. */
  readonly trustProxy?: boolean | undefined;
  /** That bear requests, those of the keeper not among them; what comes beyond is ended. */
  readonly maxConnections?: number | undefined;
  /** Absent: without TLS. */
  readonly certificate?: CertificateFiles | undefined;
}

/** Listening once created, closed by whoever created it. */
export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Opens a port. Rejects when the address is taken or not ours, or the certificate can't be used. */
export async function openListener(options: ListenerOptions, log: Log): Promise<HttpServer> {
  const { listen, handle, keeper, trustProxy = false, maxConnections = usualMaxConnections, certificate } = options;
  const connections = new RequestConnections(maxConnections);
  const keeping = new Keeping(keeper, connections, trustProxy);
  const listener: RequestListener = (request, response) => {
    if (!keeping.request(request, response)) handle(request, response);
  };
  // What wants to speak something else, and not to the keeper, is answered like a request that does not.
  const settings = { ...bounds, shouldUpgradeCallback: (request: IncomingMessage) => keeping.wants(request) };
  const { server, stop } = create(settings, listener, certificate, log);
  connections.watch(server, certificate === undefined ? 'connection' : 'secureConnection');
  if (keeper !== undefined) server.on('upgrade', (request, socket, head) => keeping.upgrade(request, socket, head));
  // An `Expect` that Node doesn't know is answered like a request without it.
  server.on('checkExpectation', listener);
  answerClientErrors(server);
  try {
    server.listen(listen.port, listen.host);
    await once(server, 'listening');
  } catch (error) {
    stop();
    throw error;
  }
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : listen.port,
    close: () => closeServer(server, stop),
  };
}

type Settings = typeof bounds & { readonly shouldUpgradeCallback: (request: IncomingMessage) => boolean };

function create(
  settings: Settings,
  listener: RequestListener,
  files: CertificateFiles | undefined,
  log: Log,
): { readonly server: Server; readonly stop: () => void } {
  if (files === undefined) return { server: createServer(settings, listener), stop: () => undefined };
  const certificate = loadServerCertificate(files);
  const { cert, key } = certificate;
  const server = createTlsServer({ ...settings, cert, key, handshakeTimeout, minVersion: 'TLSv1.2' }, listener);
  const handshakes = new Handshakes(usualMaxConnections);
  handshakes.watch(server);
  const stopRenewing = renewCertificate(server, files, certificate, log);
  const stop = (): void => {
    stopRenewing();
    handshakes.cut();
  };
  return { server, stop };
}

async function closeServer(server: Server, stop: () => void): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  stop();
  await closed;
}
