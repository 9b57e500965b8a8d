import { constants, fstatSync, openSync, writeSync } from 'node:fs';

/**
 * A file number for the same pipe, FIFO or terminal on which no write waits for a reader, however long that one stands still.
 * It is opened once more, so that whoever shares the first one neither sees nor undoes that. Everything else stays as it is:
 * files never wait, and of sockets the runtime saw to it when it made `process.stdout`.
 */
export function openOutput(fd: number, isTTY: boolean): number {
  try {
    if (!isTTY && !fstatSync(fd).isFIFO()) return fd;
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return fd; // no /proc, somebody else's terminal, or nobody reads yet: then as the runtime opened it
  }
}

/** How many bytes were taken; 0 where the reader is behind. Throws where nothing can be written. */
export function tryWrite(fd: number, bytes: Buffer): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    if (readCode(error) === 'EAGAIN') return 0;
    throw error;
  }
}

/** As the system calls it: EPIPE, ENOSPC … */
export function readCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
