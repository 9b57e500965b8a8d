import type { Config } from '../../config/config.ts';
import { ConfigError } from '../../config/mistakes/config-error.ts';
import type { Log } from '../../log/log.ts';
import { loadProvider } from '../../push/loading/load-providers.ts';
import type { TokenVerdict } from '../../push/provider/provider.ts';
import { withLimit } from '../../base/limit.ts';
import { listProviderMistakes } from '../provider-mistakes.ts';

const closeLimitMs = 10_000;

type Loaded = Awaited<ReturnType<typeof loadProvider>>;

/**
 * Hands `work` what the configured providers say of tokens, and closes them after it. Rejects with a ConfigError, as `reveille check` would
 * show it, where one of them can't be loaded.
 */
export async function withProviders<T>(
  config: Config,
  log: Log,
  work: (checkToken: (provider: string, text: string) => TokenVerdict) => Promise<T>,
): Promise<T> {
  const mistakes: string[] = [];
  const loaded = new Map<string, Loaded>();
  for (const provider of config.providers) {
    try {
      loaded.set(provider.id, await loadProvider(provider, config.file, log));
    } catch (error) {
      mistakes.push(...listProviderMistakes(error, provider));
    }
  }
  try {
    if (mistakes.length > 0) throw new ConfigError(mistakes);
    return await work((provider, text) => loaded.get(provider)?.checkToken(text) ?? { kind: 'refused', reason: 'has no provider' });
  } finally {
    await Promise.allSettled([...loaded.values()].map((provider) => withLimit(provider.close(), closeLimitMs)));
  }
}
