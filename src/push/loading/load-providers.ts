// Room: providers come in by import(), built in or of a third party. In: configuration of providers. Out: guarded providers. May enter:
// app, cli, doctor.
import { checkOptions } from '../../config/check-options.ts';
import { concealKeys } from '../../config/secrets/conceal.ts';
import { buildHider } from '../../config/secrets/hide-secrets.ts';
import { formatKeyPath } from '../../config/mistakes/key-path.ts';
import type { ProviderConfig } from '../../config/config.ts';
import type { Log } from '../../log/log.ts';
import { describeError, readMessage } from '../guard/describe-error.ts';
import { runAsProvider } from '../guard/provider-context.ts';
import { ProviderGuard, type ProviderGuardOptions } from '../guard/provider-guard.ts';
import { importProvider } from './provider-module.ts';
import { buildTools } from './provider-tools.ts';
import type { Provider } from '../provider/provider.ts';
import { identify } from './identify.ts';
import { withLimit } from '../../base/limit.ts';

const createLimitMs = 30_000;

/** What a guard holds its provider to; see {@link ProviderGuardOptions}. */
export type ProviderBounds = Omit<ProviderGuardOptions, 'name' | 'log' | 'identity'>;

/**
 * Creates the provider of one table of the configuration, behind its guard. Rejects with an Error, or an AggregateError of several, whose messages name what to change. The caller closes it.
 */
export async function loadProvider(
  config: ProviderConfig,
  configFile: string,
  log: Log,
  bounds: ProviderBounds = { share: Infinity },
): Promise<ProviderGuard> {
  const work = runAsProvider(config.id, () => createProvider(config, configFile, log));
  const provider = await withLimit(work, createLimitMs, `it is not ready within ${createLimitMs / 1000} s of being loaded`);
  return new ProviderGuard(provider, { name: config.id, identity: identify(config), log, ...bounds });
}

/**
 * The same without the guard: for tools that show what a provider itself says and throws. What it does is the caller's to
 * survive, and its wait to limit.
 */
export async function createProvider(config: ProviderConfig, configFile: string, log: Log): Promise<Provider> {
  try {
    return await create(config, configFile, log);
  } catch (error) {
    throw hideSecrets(error, buildHider(config.options, tableOfUse(config)));
  }
}

async function create(config: ProviderConfig, configFile: string, log: Log): Promise<Provider> {
  const { create: createIt, options } = await importProvider(config.use, configFile);
  const mistakes = options === undefined ? [] : checkOptions(options, config.options, ['providers', config.id]);
  if (mistakes.length > 0) throw new AggregateError(mistakes.map((mistake) => new Error(mistake)));
  const provider = await createIt(config.options, buildTools(config, configFile, log));
  if (!isProvider(provider)) throw new Error(`"${config.use}" did not create a provider: push, status and close are expected`);
  return provider;
}

/**
 * Creates them all; when one fails the others are closed again. Each gets an equal share of the `inFlight` places that
 * there are for requests, so that none can use up those of the others. Rejects with an AggregateError of every message.
 */
export async function loadProviders(
  configs: readonly ProviderConfig[],
  configFile: string,
  log: Log,
  inFlight: number,
  graceMs?: number,
): Promise<ReadonlyMap<string, ProviderGuard>> {
  const share = Math.max(1, Math.floor(inFlight / configs.length));
  const bounds = { share, ...(graceMs === undefined ? {} : { graceMs }) };
  const settled = await Promise.allSettled(configs.map((config) => loadProvider(config, configFile, log, bounds)));
  const providers = new Map<string, ProviderGuard>();
  const errors: unknown[] = [];
  for (const [index, result] of settled.entries()) {
    if (result.status === 'fulfilled') providers.set(configs[index]?.id ?? '', result.value);
    else errors.push(nameProvider(configs[index]?.id ?? '', result.reason));
  }
  if (errors.length === 0) return providers;
  await closeProviders(providers, log);
  throw new AggregateError(errors.flat());
}

/** Settles when all are closed or have failed at it, within seconds; never rejects. */
export async function closeProviders(providers: ReadonlyMap<string, ProviderGuard>, log: Log): Promise<void> {
  const close = ([id, provider]: readonly [string, ProviderGuard]) =>
    provider.close().catch((error: unknown) => log.error('provider-not-closed', { provider: id, ...describeError(error) }));
  await Promise.all([...providers].map(close));
}

function nameProvider(id: string, reason: unknown): Error[] {
  const errors: readonly unknown[] = reason instanceof AggregateError ? reason.errors : [reason];
  const place = formatKeyPath(['providers', id]);
  return errors.map((error) => {
    const message = error instanceof Error ? error.message : String(error);
    return new Error(message.startsWith(place) ? message : `${place}: ${message}`, { cause: error });
  });
}

/** `use` may have come from elsewhere as well. */
function tableOfUse({ use, origins }: ProviderConfig): object {
  return concealKeys({ use }, origins?.['use'] === undefined ? [] : [['use', origins['use']]]);
}

/** Whoever complains of an option may quote it. An error that does not is left as it is; of one that does, its cause goes as well. */
function hideSecrets(error: unknown, hide: (text: string) => string): Error {
  if (error instanceof AggregateError)
    return new AggregateError(
      error.errors.map((one) => hideSecrets(one, hide)),
      hide(error.message),
    );
  const message = readMessage(error);
  const shown = hide(message);
  return error instanceof Error && shown === message ? error : new Error(shown === '' ? 'it throws what is no Error' : shown);
}

function isProvider(value: unknown): value is Provider {
  if (typeof value !== 'object' || value === null) return false;
  const { push, status, close } = value as Partial<Record<string, unknown>>;
  return [push, status, close].every((method) => typeof method === 'function');
}
