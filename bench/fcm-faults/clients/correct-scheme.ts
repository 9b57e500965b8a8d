import http2, { type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2';
import { syncBuiltinESMExports } from 'node:module';

/**
 * COMPAT(firebase-admin, 14.5.1): it sends `:scheme` as `https:`. Google takes that; Node's own server, of which the
 * sandbox is made, closes the stream with PROTOCOL_ERROR (RFC 9113 §8.1.1). From now on this process sends `https`.
 */
export function correctScheme(): void {
  const original = http2.connect;
  const connect = (...given: Parameters<typeof original>) => {
    const session = original(...given);
    const request: ClientHttp2Session['request'] = session.request.bind(session);
    session.request = (headers, options) => request({ ...(headers as OutgoingHttpHeaders), ':scheme': 'https' }, options);
    return session;
  };
  http2.connect = connect as typeof original;
  syncBuiltinESMExports();
}
