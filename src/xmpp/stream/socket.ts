import { isIP, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** Silence after which the kernel asks whether the peer still exists. */
const tcpKeepAliveMs = 30_000;

/**
 * A socket for `@xmpp/component`, which calls `connect` on it. Text is decoded across chunks, so that a character split over
 * two of them stays whole; answers leave without waiting for the peer's acknowledgement (the library does neither).
 */
export function createSocket(address: ServerAddress, ca: string | undefined): Socket {
  const socket = address.tls ? createTlsSocket(address, ca) : new Socket();
  socket.setEncoding('utf8');
  socket.setNoDelay(true);
  socket.setKeepAlive(true, tcpKeepAliveMs);
  return socket;
}

/** A TLS socket connects when it is made; what is written before its handshake is done waits inside it. */
function createTlsSocket({ host, port }: ServerAddress, ca: string | undefined): Socket {
  const socket = connectTls({ host, port, servername: isIP(host) === 0 ? host : '', ...(ca === undefined ? {} : { ca }) });
  socket.connect = () => socket;
  return socket;
}
