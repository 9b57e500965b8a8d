import type { Writable } from 'node:stream';

export interface LineWriter {
  /** Settles when the lines are handed on, so that a slow reader slows the writer down. Never rejects. */
  write(lines: readonly string[]): Promise<void>;
  /** True once the reader is gone, as `head` is after its lines. */
  isClosed(): boolean;
}

/** The stream is nobody's to close: it is standard output. */
export function createLineWriter(stream: Writable): LineWriter {
  let isClosed = false;
  // Without a listener, a reader that goes away would end the process with a stack trace.
  stream.on('error', () => (isClosed = true));
  return {
    isClosed: () => isClosed,
    write: async (lines) => {
      if (isClosed || lines.length === 0) return;
      await new Promise<void>((resolve) => stream.write(`${lines.join('\n')}\n`, () => resolve()));
    },
  };
}
