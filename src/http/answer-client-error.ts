import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** By the code of the parser's error; anything else that is not HTTP is 400. */
const statuses: ReadonlyMap<string, string> = new Map([
  ['HPE_HEADER_OVERFLOW', '413 Content Too Large'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', '413 Content Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
]);

/**
 * Answers bytes that are no HTTP, too long a header and too slow a request, and ends the connection. Nothing is written
 * where the answer to an earlier request is still due on it, which the client would take this for.
 */
export function answerClientErrors(server: Server): void {
  const open = new WeakMap<Duplex, Set<IncomingMessage>>();
  server.on('request', (request, response) => {
    const requests = open.get(request.socket) ?? new Set();
    open.set(request.socket, requests.add(request));
    response.once('close', () => requests.delete(request));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const isAnswerDue = [...(open.get(socket) ?? [])].some((request) => request.complete);
    if (socket.writable && !isAnswerDue && error.code !== 'ECONNRESET')
      socket.write(`HTTP/1.1 ${statuses.get(error.code ?? '') ?? '400 Bad Request'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    socket.destroy();
  });
}
