import { ConfigError, ConfigUnreadable } from '../config/mistakes/config-error.ts';
import { readConfig, type ConfigReading } from '../config/reading/load-config.ts';
import { loadHandlers } from '../http/rest/load-handlers.ts';
import { listMessages } from './provider-mistakes.ts';

/** A file that isn't TOML has a mistake like any other here; one that can't be read is a wrong command line, and throws. */
export function readWithMistakes(file: string): ConfigReading {
  try {
    return readConfig(file);
  } catch (error) {
    if (!(error instanceof ConfigError) || error instanceof ConfigUnreadable) throw error;
    return { kind: 'mistaken', mistakes: error.mistakes, providers: [] };
  }
}

/** What keeps the REST handlers of the folder, or the built-in ones, from being loaded; a sentence each. */
export async function listHandlerMistakes(folder: string | undefined): Promise<readonly string[]> {
  return loadHandlers(folder).then(() => [], listMessages);
}
