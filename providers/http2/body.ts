import { constants, type ClientHttp2Stream } from 'node:http2';

const longest = 64 * 1024;

/** Collects what a stream says, as text. No answer of a push service is as long as 64 KiB: of a longer one the rest is not waited for. */
export class Body {
  text = '';

  constructor(stream: ClientHttp2Stream) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      if (this.text.length <= longest) this.text += chunk;
      else if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
    });
  }
}
