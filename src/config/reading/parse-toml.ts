import { parse, TomlError } from 'smol-toml';
import { ConfigError, ConfigUnreadable } from '../mistakes/config-error.ts';
import { isDeeperThan } from './nesting.ts';
import { readText } from '../../base/read-text.ts';

/** A provider may have tables of its own; what reads them takes a turn of the stack for each level. */
const deepest = 32;

/**
 * Reads a TOML file. Throws ConfigUnreadable without a readable file, and ConfigError naming line and column of a syntax error,
 * or where tables or lists stand too deep in one another.
 */
export function parseTomlFile(file: string): unknown {
  const reading = readText(file);
  if ('problem' in reading) throw new ConfigUnreadable([reading.problem]);
  const value = parseText(reading.text, file);
  if (isDeeperThan(deepest, value))
    throw new ConfigError([`${file}: expected at most ${deepest} tables and lists inside one another, found more`]);
  return value;
}

function parseText(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new ConfigError([`${file}:${error.line}:${error.column}: not TOML: ${firstLine(error)}`]);
  }
}

/** Only the first line: the others quote the file, which may hold secrets. For the same reason the error is no `cause`. */
function firstLine(error: TomlError): string {
  const [line = ''] = error.message.split('\n');
  return line.replace(/^Invalid TOML document: /, '');
}
