import { dirname, resolve } from 'node:path';
import { checkOptions } from '../config/check-options.ts';
import { formatKeyPath } from '../config/key-path.ts';
import type { ProviderConfig } from '../config/config.ts';
import type { Log } from '../log.ts';
import { importProvider } from './provider-module.ts';
import type { Provider } from './provider.ts';

/**
 * Creates the provider of one table of the configuration. Rejects with an Error, or an AggregateError of several, whose
 * messages name what to change. The caller closes the provider.
 */
export async function loadProvider(config: ProviderConfig, configFile: string, log: Log): Promise<Provider> {
  const { create, options } = await importProvider(config.use, configFile);
  const mistakes = options === undefined ? [] : checkOptions(options, config.options, ['providers', config.id]);
  if (mistakes.length > 0) throw new AggregateError(mistakes.map((mistake) => new Error(mistake)));
  const provider = await create(config.options, {
    name: config.id,
    log: log.child({ provider: config.id }),
    resolvePath: (path) => resolve(dirname(configFile), path),
  });
  if (!isProvider(provider)) throw new Error(`"${config.use}" did not create a provider: push, status and close are expected`);
  return provider;
}

/** Creates them all; when one fails the others are closed again. Rejects with an AggregateError of every message. */
export async function loadProviders(
  configs: readonly ProviderConfig[],
  configFile: string,
  log: Log,
): Promise<ReadonlyMap<string, Provider>> {
  const settled = await Promise.allSettled(configs.map((config) => loadProvider(config, configFile, log)));
  const providers = new Map<string, Provider>();
  const errors: unknown[] = [];
  for (const [index, result] of settled.entries()) {
    if (result.status === 'fulfilled') providers.set(configs[index]?.id ?? '', result.value);
    else errors.push(nameProvider(configs[index]?.id ?? '', result.reason));
  }
  if (errors.length === 0) return providers;
  await closeProviders(providers);
  throw new AggregateError(errors.flat());
}

/** Settles when all are closed; one that fails at it does not keep the others from closing. */
export async function closeProviders(providers: ReadonlyMap<string, Provider>): Promise<void> {
  await Promise.allSettled([...providers.values()].map((provider) => provider.close()));
}

function nameProvider(id: string, reason: unknown): Error[] {
  const errors: readonly unknown[] = reason instanceof AggregateError ? reason.errors : [reason];
  const place = formatKeyPath(['providers', id]);
  return errors.map((error) => {
    const message = error instanceof Error ? error.message : String(error);
    return new Error(message.startsWith(place) ? message : `${place}: ${message}`, { cause: error });
  });
}

function isProvider(value: unknown): value is Provider {
  if (typeof value !== 'object' || value === null) return false;
  const { push, status, close } = value as Partial<Record<string, unknown>>;
  return [push, status, close].every((method) => typeof method === 'function');
}
