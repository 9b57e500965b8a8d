import { createLog, type Log } from '../../src/log/log.ts';
import { buildPseudonyms, type Pseudonyms } from '../../src/log/pseudonyms.ts';

export interface Lines {
  readonly log: Log;
  readonly text: () => string;
  /** The last line, parsed. */
  readonly last: () => Record<string, unknown>;
}

/** A log and the lines it wrote. */
export function openLog(pseudonyms: Pseudonyms = buildPseudonyms('a-secret')): Lines {
  const lines: string[] = [];
  return {
    log: createLog('debug', { write: (line: string) => lines.push(line) }, pseudonyms),
    text: () => lines.join(''),
    last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>,
  };
}

/** What `log` writes for these fields, less what every line has. */
export function written(fields: Readonly<Record<string, unknown>>, pseudonyms?: Pseudonyms): Record<string, unknown> {
  const { log, last } = openLog(pseudonyms);
  log.info('event', fields);
  const { level, time, event, ...rest } = last();
  if (level !== 'info' || typeof time !== 'string' || event !== 'event') throw new Error(`not a line: ${JSON.stringify(last())}`);
  return rest;
}
