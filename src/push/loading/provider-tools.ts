import { dirname, resolve } from 'node:path';
import type { ProviderConfig } from '../../config/config.ts';
import type { Log } from '../../log/log.ts';
import { runAsOurselves } from '../guard/provider-context.ts';
import type { ProviderLog, ProviderTools } from '../provider/provider.ts';

/** What the provider of this table gets from us; paths are relative to the folder of the configuration file. */
export function buildTools({ id, origins = {} }: ProviderConfig, configFile: string, log: Log): ProviderTools {
  return {
    name: id,
    log: buildProviderLog(log.child({ provider: id })),
    resolvePath: (path) => resolve(dirname(configFile), path),
    originOf: (key) => (Object.hasOwn(origins, key) ? origins[key] : undefined),
  };
}

/** A log that can't be written any more is our trouble, whoever wanted to write. */
function buildProviderLog(log: Log): ProviderLog {
  return {
    debug: (event, fields) => runAsOurselves(() => log.debug(event, fields)),
    info: (event, fields) => runAsOurselves(() => log.info(event, fields)),
    warn: (event, fields) => runAsOurselves(() => log.warn(event, fields)),
    error: (event, fields) => runAsOurselves(() => log.error(event, fields)),
  };
}
