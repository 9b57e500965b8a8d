import { parse, TomlError } from 'smol-toml';
import { ConfigError, ConfigUnreadable } from './config-error.ts';
import { readText } from './read-text.ts';

/** Reads a TOML file. Throws ConfigUnreadable without a readable file, and ConfigError naming line and column of a syntax error. */
export function parseTomlFile(file: string): unknown {
  const reading = readText(file);
  if ('problem' in reading) throw new ConfigUnreadable([reading.problem]);
  try {
    return parse(reading.text);
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
