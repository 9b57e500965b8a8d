import { protectFields, type Fields } from './fields.ts';
import type { Log } from './log.ts';
import type { Pseudonyms } from './pseudonyms.ts';

/** A line of weight, with fields as they may be shown. */
export interface Overheard {
  readonly level: 'warn' | 'error';
  readonly event: string;
  readonly fields: Fields;
}

/** The same log; its warnings and errors are heard by `listener` too, whatever level is written. `listener` must not throw. */
export function overhear(log: Log, pseudonyms: Pseudonyms, listener: (line: Overheard) => void, common: Fields = {}): Log {
  const hear =
    (level: Overheard['level']): Log['warn'] =>
    (event, fields = {}) => {
      log[level](event, fields);
      listener({ level, event, fields: protectFields({ ...common, ...fields }, pseudonyms) });
    };
  return {
    debug: (event, fields) => log.debug(event, fields),
    info: (event, fields) => log.info(event, fields),
    warn: hear('warn'),
    error: hear('error'),
    child: (fields) => overhear(log.child(fields), pseudonyms, listener, { ...common, ...fields }),
  };
}
