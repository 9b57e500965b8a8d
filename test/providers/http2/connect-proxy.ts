import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { createServer } from '../../../src/base/node/http.ts';
import { authority } from '../apns/stage.ts';

/** What a proxy wants of a CONNECT. */
export type Demand = { readonly kind: 'nothing' } | { readonly kind: 'basic' } | { readonly kind: 'digest'; readonly algorithm: string };

export interface ProxyOptions {
  readonly demand?: Demand;
  readonly isTls?: boolean;
  /** A nonce is good for so many uses. */
  readonly usesPerNonce?: number;
  /** What it does with a CONNECT that is in order. */
  readonly then?: 'tunnel' | 'captive' | 'silence' | 'refuse';
}

export interface ConnectProxy {
  readonly port: number;
  /** `scheme://user:password@127.0.0.1:port`. */
  readonly url: string;
  /** Status given to each CONNECT, in order. */
  readonly statuses: number[];
  readonly targets: string[];
  /** Whether a client showed a certificate to the proxy itself. */
  sawCertificate(): boolean;
  open(): number;
}

export const user = 'büro';
export const password = 'pa@ss/wörd:1';
const realm = 'the office';

/** An HTTP CONNECT proxy on this machine that leads every host to 127.0.0.1; gone after the test. */
export async function createConnectProxy(context: TestContext, options: ProxyOptions = {}): Promise<ConnectProxy> {
  const { demand = { kind: 'nothing' }, isTls = false, usesPerNonce = Infinity, then = 'tunnel' } = options;
  const server: Server = isTls ? createTlsServer({ ...authority.server, requestCert: true, rejectUnauthorized: false }) : createServer();
  const sockets = new Set<Socket>();
  const statuses: number[] = [];
  const targets: string[] = [];
  const guard = createGuard(demand, usesPerNonce);
  let hasCertificate = false;
  server.on(isTls ? 'secureConnection' : 'connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => undefined));
    if (isTls && (socket as Socket & Pick<TLSSocket, 'getPeerX509Certificate'>).getPeerX509Certificate() !== undefined)
      hasCertificate = true;
  });
  server.on('connect', (request: IncomingMessage, near: Socket, head: Buffer) => {
    const target = request.url ?? '';
    targets.push(target);
    const challenge = guard(target, request.headers['proxy-authorization'] ?? '');
    if (then === 'silence') return;
    if (challenge !== undefined) {
      statuses.push(407);
      near.end(`HTTP/1.1 407 Proxy Authentication Required\r\n${challenge}\r\n`);
    } else if (then === 'tunnel') {
      statuses.push(200);
      sockets.add(join(near, Number(target.split(':').at(-1)), head));
    } else {
      statuses.push(then === 'captive' ? 200 : 403);
      near.end(then === 'captive' ? 'HTTP/1.1 200 OK\r\n\r\n<html>Please log in</html>' : 'HTTP/1.1 403 Forbidden\r\n\r\n');
    }
  });
  server.listen(0, '127.0.0.1');
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${isTls ? 'https' : 'http'}://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    statuses,
    targets,
    sawCertificate: () => hasCertificate,
    open: () => [...sockets].filter((socket) => !socket.destroyed).length,
  };
}

function join(near: Socket, port: number, head: Buffer): Socket {
  const far = connect(port, '127.0.0.1', () => {
    near.write('HTTP/1.1 200 OK\r\n\r\n');
    far.write(head);
    far.pipe(near).pipe(far);
  });
  // Half-closed connections are not kept, as with most proxies.
  near.on('end', () => far.destroy()).on('close', () => far.destroy());
  far.on('close', () => near.destroy());
  return far.on('error', () => undefined);
}

type Guard = (target: string, authorization: string) => string | undefined;

/** The header lines of a challenge, or undefined where the authorization is good. Digest is written anew here, from the RFC. */
function createGuard(demand: Demand, usesPerNonce: number): Guard {
  if (demand.kind === 'nothing') return () => undefined;
  if (demand.kind === 'basic') {
    const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    return (_, authorization) => (authorization === expected ? undefined : `Proxy-Authenticate: Basic realm="${realm}"\r\n`);
  }
  const { algorithm } = demand;
  const hash = (text: string) => createHash(algorithm.replace('-', '').toLowerCase()).update(text).digest('hex');
  let serial = 1;
  let uses = 0;
  return (target, authorization) => {
    const field = (name: string) => new RegExp(`[ ,]${name}="?([^",]*)"?`).exec(authorization)?.[1] ?? '';
    const nonce = `nonce${serial}`;
    const [nc, cnonce] = [field('nc'), field('cnonce')];
    const expected = hash(`${hash(`${user}:${realm}:${password}`)}:${nonce}:${nc}:${cnonce}:auth:${hash(`CONNECT:${target}`)}`);
    const isGood = field('response') === expected && Number.parseInt(nc, 16) === uses + 1 && field('uri') === target && uses < usesPerNonce;
    if (isGood) {
      uses += 1;
      return undefined;
    }
    const isStale = authorization !== '' && uses >= usesPerNonce;
    serial += 1;
    uses = 0;
    const challenge = `realm="${realm}", nonce="nonce${serial}", qop="auth-int, auth", opaque="x\\"y"${isStale ? ', stale=true' : ''}`;
    return `Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: Digest ${challenge}, algorithm=${algorithm}\r\nProxy-Authenticate: Basic realm="${realm}"\r\n`;
  };
}
