// Room: lines for administrators, without secrets and names. In: events with fields. Out: lines to standard error, counts of what was
// lost. May enter: everybody but base and config.
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { protectFields, type Fields } from './fields.ts';
import { prettyLines } from './pretty.ts';
import { buildPseudonyms, type Pseudonyms } from './pseudonyms.ts';
import { scrubText } from './text.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * Event name in kebab-case and fields. No token, secret, body or sender goes into a field; what gets in all the same is
 * hidden here by the name of its field or by its looks (`log-fields.ts`).
 */
export interface Log {
  debug(event: string, fields?: Fields): void;
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
  /** A log whose every line carries these fields too. */
  child(fields: Fields): Log;
}

interface Destination {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const plainEvent = /^[a-z\d-]{1,60}$/;

/**
 * One JSON object a line; one readable line each where the destination is a terminal. Without `pseudonyms` people get new
 * ones at each start.
 */
export function createLog(
  level: LogLevel,
  destination: Destination = process.stdout,
  pseudonyms: Pseudonyms = buildPseudonyms(randomBytes(32)),
): Log {
  const stream = destination.isTTY === true ? prettyLines((line) => destination.write(line)) : plainLines(destination);
  const base = pino(
    {
      level,
      base: null,
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return wrap(base, pseudonyms);
}

function plainLines(destination: Destination): { write(line: string): void } {
  return {
    write(line) {
      destination.write(line);
    },
  };
}

function wrap(base: pino.Logger, pseudonyms: Pseudonyms): Log {
  // Lines that nobody will read cost nothing: their fields are not even looked at.
  const writer =
    (level: Exclude<LogLevel, 'silent'>): Log['info'] =>
    (event, fields = {}) => {
      if (!base.isLevelEnabled(level)) return;
      base[level](protectFields(fields, pseudonyms), plainEvent.test(event) ? event : scrubText(event, pseudonyms));
    };
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
    child: (fields) => wrap(base.child(protectFields(fields, pseudonyms)), pseudonyms),
  };
}
