import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';

/** Answers as they come, one a line. */
export interface Lines {
  /** Settles with the next line, or with undefined where there is none any more. What is secret is not shown while it is typed. */
  next(prompt: string, isSecret: boolean): Promise<string | undefined>;
  /** Gives the terminal back. */
  close(): void;
}

/** Lines of a person, who may correct them; Ctrl-C calls `interrupt`. */
export function openTerminal(input: NodeJS.ReadableStream, screen: NodeJS.WritableStream, interrupt: () => void): Lines {
  let isMuted = false;
  // A reader of lines shows what it reads; here only as long as it may.
  const output = new Writable({
    write: (chunk: Buffer, _, done) => {
      if (!isMuted) screen.write(chunk);
      done();
    },
  });
  const reader = createInterface({ input, output, terminal: true, historySize: 0 });
  reader.on('SIGINT', interrupt);
  const next = queueLines(reader);
  return {
    async next(prompt, isSecret) {
      reader.setPrompt(prompt);
      reader.prompt();
      isMuted = isSecret;
      const line = await next();
      isMuted = false;
      if (isSecret) screen.write('\n');
      return line;
    },
    close: () => reader.close(),
  };
}

/** Lines of a file or a program, which nobody asks. */
export function openPipe(input: NodeJS.ReadableStream): Lines {
  const reader = createInterface({ input, terminal: false });
  return { next: queueLines(reader), close: () => reader.close() };
}

/** Lines that come before somebody waits for them are kept. */
function queueLines(reader: Interface): () => Promise<string | undefined> {
  const kept: string[] = [];
  let hasEnded = false;
  let wake: (() => void) | undefined;
  reader.on('line', (line) => {
    kept.push(line);
    wake?.();
  });
  reader.on('close', () => {
    hasEnded = true;
    wake?.();
  });
  return async () => {
    if (kept.length === 0 && !hasEnded) await new Promise<void>((resolve) => (wake = resolve));
    return kept.shift();
  };
}
