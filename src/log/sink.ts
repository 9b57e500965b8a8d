import { openOutput, readCode, tryWrite } from './output.ts';
import { prettyLine } from './pretty.ts';

/** What became of lines that could not be written. */
export interface LogLoss {
  /** Lines lost since the start. */
  readonly lines: number;
  /** Why lines are lost now, as the system calls it (EPIPE, ENOSPC …; EAGAIN: the reader stands still); undefined while none is. */
  readonly code: string | undefined;
}

/** A line on its way, or what is left of it. */
interface Waiting {
  rest: Buffer;
  /** How many lost lines it tells of; undefined for a line of the log. */
  readonly tells?: number;
}

const stuck = 'EAGAIN';
/** For a reader that is behind; one that is further behind loses lines. */
const maxWaitingBytes = 1024 * 1024;
const retryMs = 50;
/** How often a log that is lost is tried while there is nothing to write. */
const probeMs = 1_000;
const lastWordsMs = 1_000;
const pauseMs = 5;

/**
 * Where the lines of the log go. A reader that is gone, one that stands still, or a full disk costs lines and nothing else:
 * no write throws, and none waits. Each line is tried anew; once one can be written, the first is about the gap.
 */
export class LogSink {
  readonly isTTY: boolean;
  readonly #fd: number;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  /** The last thing in the log is a part of a line. */
  #isTorn = false;
  #lines = 0;
  #untold = 0;
  #code: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** It needs no closing; `finish` it where the process ends. */
  constructor(fd: number, isTTY: boolean) {
    this.isTTY = isTTY;
    this.#fd = openOutput(fd, isTTY);
  }

  get loss(): LogLoss {
    return { lines: this.#lines, code: this.#code };
  }

  write(text: string): void {
    const rest = Buffer.from(text);
    if (this.#code === stuck) this.#flush();
    if (this.#code === stuck || this.#waitingBytes + rest.length > maxWaitingBytes) {
      this.#code ??= stuck;
      this.#lose(1);
    } else {
      this.#tellOfGap();
      this.#push({ rest });
      this.#flush();
    }
    this.#tryLater();
  }

  /** For the end of the process: waits a second at the most for a reader that is behind, but for none that stands still. */
  finish(): void {
    const until = performance.now() + lastWordsMs;
    this.#flush();
    while (this.#waiting.length > 0 && this.#code === undefined && performance.now() < until) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
      this.#flush();
    }
  }

  #push(line: Waiting): void {
    this.#waiting.push(line);
    this.#waitingBytes += line.rest.length;
  }

  #tellOfGap(): void {
    if (this.#untold === 0) return;
    const json = JSON.stringify({ level: 'warn', time: new Date().toISOString(), lost: this.#untold, event: 'log-lines-lost' });
    const line = this.isTTY ? prettyLine(json) : `${json}\n`;
    this.#push({ rest: Buffer.from(this.#isTorn ? `\n${line}` : line), tells: this.#untold });
    this.#untold = 0;
  }

  #lose(lines: number): void {
    this.#lines += lines;
    this.#untold += lines;
  }

  #flush(): void {
    try {
      if (this.#writeWaiting() || this.#code !== stuck) this.#code = undefined;
    } catch (error) {
      this.#code = readCode(error);
      for (const { tells } of this.#waiting.splice(0)) {
        if (tells === undefined) this.#lose(1);
        else this.#untold += tells;
      }
      this.#waitingBytes = 0;
    }
  }

  /** False where the reader is behind. */
  #writeWaiting(): boolean {
    for (let line = this.#waiting[0]; line !== undefined; line = this.#waiting[0]) {
      const written = tryWrite(this.#fd, line.rest);
      if (written === 0) return false;
      this.#waitingBytes -= written;
      this.#isTorn = written < line.rest.length;
      if (this.#isTorn) line.rest = line.rest.subarray(written);
      else this.#waiting.shift();
    }
    return true;
  }

  #tryLater(): void {
    if (this.#timer !== undefined || (this.#waiting.length === 0 && this.#untold === 0)) return;
    const again = (): void => {
      this.#timer = undefined;
      if (this.#waiting.length === 0) this.#tellOfGap();
      this.#flush();
      this.#tryLater();
    };
    this.#timer = setTimeout(again, this.#waiting.length > 0 ? retryMs : probeMs).unref();
  }
}
