import type { Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** By the code of the parser's error; anything else that is not HTTP is 400. */
const statuses: ReadonlyMap<string, string> = new Map([
  ['HPE_HEADER_OVERFLOW', '413 Content Too Large'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', '413 Content Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
]);

/**
 * Answers bytes that are no HTTP, too long a header and too slow a request, and ends the connection. Where the answer to an
 * earlier request is still due on it, that one is the last: the client would take ours for it.
 */
export function answerClientErrors(server: Server): void {
  const open = new WeakMap<Duplex, Set<ServerResponse>>();
  server.on('request', (request, response) => {
    const responses = open.get(request.socket) ?? new Set();
    open.set(request.socket, responses.add(response));
    response.once('close', () => responses.delete(response));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const due = [...(open.get(socket) ?? [])].findLast(({ req }) => req.complete);
    if (!socket.writable || error.code === 'ECONNRESET') socket.destroy();
    else if (due === undefined) end(socket, statuses.get(error.code ?? '') ?? '400 Bad Request');
    else endAfter(socket, due);
  });
}

function end(socket: Duplex, status: string): void {
  socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  socket.destroy();
}

function endAfter(socket: Duplex, response: ServerResponse): void {
  socket.pause();
  response.once('close', () => socket.end(() => socket.destroy()));
}
