import { constants, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';

/** No answer of a push service is as long: of a longer one the rest is not waited for. */
export const usualLongest = 64 * 1024;

/** Collects what a stream says, as text. */
class Body {
  text = '';

  constructor(stream: ClientHttp2Stream, longest: number) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      if (this.text.length <= longest) this.text += chunk;
      else if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
    });
  }
}

/** Reads a stream to its end, whatever that is; without headers there was no response. */
export function followStream(
  stream: ClientHttp2Stream,
  longest: number,
  onEnd: (headers: IncomingHttpHeaders | undefined, body: string) => void,
): void {
  let headers: IncomingHttpHeaders | undefined;
  let body: Body | undefined;
  stream.on('response', (response, flags) => {
    headers = response;
    if ((flags & constants.NGHTTP2_FLAG_END_STREAM) === 0) body = new Body(stream, longest);
  });
  stream.on('error', ignoreError);
  stream.on('close', () => onEnd(headers, body?.text ?? ''));
  stream.resume();
}

/** 'close' follows every error and settles. */
function ignoreError(): void {
  return;
}
