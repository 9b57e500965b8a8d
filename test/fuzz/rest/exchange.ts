import { createConnection, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';

/** Longer than every limit of the server, which must end what nobody else ends. */
const limitMs = 60_000;
/** Node's server drops an answer that it still owes when the client's side closes: clients wait a little, as real ones do. */
const patienceMs = 200;

export interface Received {
  readonly text: string;
  /** The connection ended by a reset, and what was on the way may be lost. */
  readonly isReset: boolean;
}

/** Writes bytes as they are, in pieces where that is asked for; settles when the server has ended the connection. */
export async function exchange(port: number, bytes: Buffer, pieces: number | undefined, isHeldOpen: boolean): Promise<Received> {
  const socket = createConnection({ host: '127.0.0.1', port });
  let text = '';
  let isReset = false;
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  // The server may end the connection while bytes are still being written.
  socket.on('error', () => (isReset = true));
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`the connection was left open after ${JSON.stringify(text.slice(0, 200))}`)), limitMs);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await write(socket, bytes, pieces);
  if (!isHeldOpen) endSoon(socket, () => /^HTTP\/1\.[01] [2-5]/m.test(text));
  try {
    await Promise.race([closed, late]);
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
  return { text, isReset };
}

/** `100 Continue` is no answer yet. */
function endSoon(socket: Socket, isAnswered: () => boolean): void {
  const timer = setTimeout(() => socket.end(), patienceMs);
  socket.on('data', () => {
    if (isAnswered()) socket.end();
  });
  socket.once('close', () => clearTimeout(timer));
}

async function write(socket: Socket, bytes: Buffer, size = bytes.length): Promise<void> {
  // Never more than some hundred pieces, or one input would take all the time.
  const step = Math.max(1, size, Math.ceil(bytes.length / 300));
  for (let start = 0; start < bytes.length && socket.writable; start += step) {
    socket.write(bytes.subarray(start, start + step));
    if (step < bytes.length) await setImmediate();
  }
}
