import { constants, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import { Body } from './body.ts';

/** Reads a stream to its end, whatever that is; without headers there was no response. */
export function followStream(stream: ClientHttp2Stream, onEnd: (headers: IncomingHttpHeaders | undefined, body: string) => void): void {
  let headers: IncomingHttpHeaders | undefined;
  let body: Body | undefined;
  stream.on('response', (response, flags) => {
    headers = response;
    if ((flags & constants.NGHTTP2_FLAG_END_STREAM) === 0) body = new Body(stream);
  });
  stream.on('error', ignoreError);
  stream.on('close', () => onEnd(headers, body?.text ?? ''));
  stream.resume();
}

/** 'close' follows every error and settles. */
function ignoreError(): void {
  return;
}
