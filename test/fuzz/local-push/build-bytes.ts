import { damage } from '../damage.ts';
import type { Frame, LocalPushInput } from './inputs.ts';

/** What an input can't know when it is drawn. */
export interface Occasion {
  /** Whom the proxy names. */
  readonly client: string;
  /** Registered, and known to servers: no secret. */
  readonly node: string;
}

const longest = 300_000;

/** All that goes over the connection. */
export function buildBytes(input: LocalPushInput, occasion: Occasion): Buffer {
  const { transport, frames, damages } = input;
  if (transport === 'websocket')
    return Buffer.concat([
      Buffer.from(handshake(occasion)),
      damage(Buffer.concat(frames.map((one) => buildFrame(one, occasion))), damages),
    ]);
  const body = damage(Buffer.concat(frames.map((one) => contentOf(one, occasion))), damages);
  const head = `POST /local-push/events/x.y HTTP/1.1\r\nHost: push.test\r\nX-Forwarded-For: ${occasion.client}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

function handshake({ client }: Occasion): string {
  return (
    `GET /local-push HTTP/1.1\r\nHost: push.test\r\nX-Forwarded-For: ${client}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: reveille.local-push.1\r\n\r\n`
  );
}

function contentOf({ text, bytes, times }: Frame, { node }: Occasion): Buffer {
  const one = text === undefined ? Buffer.from(bytes ?? '', 'base64') : Buffer.from(text.replaceAll('NODE', node));
  return Buffer.concat(Array.from({ length: times }, () => one)).subarray(0, longest);
}

/** RFC 6455 §5.2; masked with zeros, which leaves the text readable. */
function buildFrame(frame: Frame, occasion: Occasion): Buffer {
  const content = contentOf(frame, occasion);
  const first = (frame.isLast ? 0x80 : 0) | frame.opcode;
  const mask = frame.isMasked ? 0x80 : 0;
  const head = Buffer.from(content.length < 126 ? [first, mask | content.length] : [first, mask | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  if (content.length >= 126) head.writeUInt32BE(content.length, 6);
  return Buffer.concat([head, Buffer.alloc(frame.isMasked ? 4 : 0), content]);
}
