import { pino } from 'pino';
import { prettyLines } from './log-pretty.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Event name in kebab-case and fields. No token, secret, body or sender goes into a field. */
export interface Log {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void;
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
  /** A log whose every line carries these fields too. */
  child(fields: Readonly<Record<string, unknown>>): Log;
}

interface Destination {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** One JSON object a line; one readable line each where the destination is a terminal. */
export function createLog(level: LogLevel, destination: Destination = process.stdout): Log {
  const stream = destination.isTTY === true ? prettyLines((line) => destination.write(line)) : plainLines(destination);
  const base = pino(
    {
      level,
      base: null,
      messageKey: 'event',
      errorKey: 'error',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return wrap(base);
}

function plainLines(destination: Destination): { write(line: string): void } {
  return {
    write(line) {
      destination.write(line);
    },
  };
}

function wrap(base: pino.Logger): Log {
  return {
    debug: (event, fields = {}) => base.debug(fields, event),
    info: (event, fields = {}) => base.info(fields, event),
    warn: (event, fields = {}) => base.warn(fields, event),
    error: (event, fields = {}) => base.error(fields, event),
    child: (fields) => wrap(base.child(fields)),
  };
}
