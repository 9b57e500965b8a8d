import { once } from 'node:events';
import type { ConnectionOptions, TLSSocket } from 'node:tls';

/** A way over which TLS connections to one endpoint can be opened, still shaking hands. */
export interface Route {
  /** `host:port` of the endpoint. */
  readonly target: string;
  /** `through the proxy host:port`; empty for a direct one. */
  readonly through: string;
  open(overrides: ConnectionOptions, signal: AbortSignal): Promise<TLSSocket>;
}

/** The certificate that a peer shows, trusted or not. */
export interface Presented {
  readonly issuer: string;
  readonly names: string;
  readonly from: string;
  readonly to: string;
}

const maxPage = 1024;

/** Looks at the certificate of a peer that is not trusted; undefined where it can't be had. Sends nothing. */
export async function readPresented(route: Route, signal: AbortSignal): Promise<Presented | undefined> {
  return withPeer(route, { rejectUnauthorized: false }, signal, (socket) => {
    const { issuer, subjectaltname, valid_from: from, valid_to: to } = socket.getPeerCertificate();
    return Promise.resolve({ issuer: nameOf(issuer), names: subjectaltname ?? 'no name', from, to });
  });
}

/** The first line of what a peer without HTTP/2 answers to a plain request; undefined where it stays silent. */
export async function readPage(route: Route, signal: AbortSignal): Promise<string | undefined> {
  return withPeer(route, { ALPNProtocols: ['http/1.1'] }, signal, async (socket) => {
    socket.setEncoding('latin1').write(`GET / HTTP/1.1\r\nHost: ${route.target}\r\nConnection: close\r\n\r\n`);
    let text = '';
    while (!text.includes('\n') && text.length < maxPage) text += ((await once(socket, 'data', { signal })) as [string])[0];
    const [line = ''] = text.split(/\r?\n/, 1);
    return line.replace(/[^\x20-\x7e]/g, '').slice(0, 80);
  });
}

async function withPeer<T>(
  route: Route,
  options: ConnectionOptions,
  signal: AbortSignal,
  look: (socket: TLSSocket) => Promise<T>,
): Promise<T | undefined> {
  let socket: TLSSocket | undefined;
  try {
    socket = await route.open(options, signal);
    await once(socket, 'secureConnect', { signal });
    return await look(socket);
  } catch {
    // The diagnosis is made already; this would only have added to it.
    return undefined;
  } finally {
    socket?.on('error', () => undefined).destroy();
  }
}

/** Of a distinguished name what people recognise. */
export function nameOf(name: object): string {
  const { CN, O } = name as { readonly CN?: unknown; readonly O?: unknown };
  const parts = [CN, O].flat().filter((part) => typeof part === 'string');
  return parts.length === 0 ? 'a nameless authority' : parts.join(', ');
}
