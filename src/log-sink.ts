import { writeSync } from 'node:fs';

/** What became of lines that could not be written. */
export interface LogLoss {
  /** Lines lost since the start. */
  readonly lines: number;
  /** Why the last line could not be written, as the system calls it (EPIPE, ENOSPC …); undefined where it was written. */
  readonly code: string | undefined;
}

/** Where the lines of the log go; a reader that is gone, or a full disk, costs lines and nothing else. */
export interface LogSink {
  readonly isTTY: boolean;
  readonly loss: LogLoss;
  /** Never throws. Each line is tried anew: where a disk or a reader has come back the log goes on, after a line about the gap. */
  write(text: string): void;
}

/** A reader that is slow is waited for as long at the most; while it stays away nobody waits for it again. */
const patienceMs = 1_000;
const pauseMs = 5;

export function createLogSink(fd: number, isTTY: boolean): LogSink {
  let lines = 0;
  let told = 0;
  let code: string | undefined;
  let isTorn = false;

  function put(text: string): void {
    let rest = Buffer.from(text);
    const until = performance.now() + (code === undefined ? patienceMs : 0);
    while (rest.length > 0) {
      const written = tryWrite(fd, rest, until);
      isTorn = written < rest.length;
      rest = rest.subarray(written);
    }
  }

  return {
    isTTY,
    get loss() {
      return { lines, code };
    },
    write(text) {
      try {
        // After a line of which only a part was written.
        if (isTorn) put('\n');
        if (lines > told) put(describeGap(lines - told));
        told = lines;
        put(text);
        code = undefined;
      } catch (error) {
        lines += 1;
        code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
      }
    },
  };
}

/** How many bytes were written; 0 where the reader is slow and there is still time to wait for it. */
function tryWrite(fd: number, bytes: Buffer, until: number): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    const isFull = error instanceof Error && 'code' in error && error.code === 'EAGAIN';
    if (!isFull || performance.now() >= until) throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    return 0;
  }
}

function describeGap(lost: number): string {
  return `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), event: 'log-lines-lost', lost })}\n`;
}
