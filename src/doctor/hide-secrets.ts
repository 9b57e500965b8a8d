import type { Config, ProviderConfig } from '../config/config.ts';
import { buildHider } from '../config/hide-secrets.ts';

/** Replaces every secret of the configuration in a text: what failed may quote it. */
export function buildSecretHider(config: Config | undefined, providers: readonly ProviderConfig[]): (text: string) => string {
  const { secret } = config?.component ?? {};
  const { url, key, previousKey } = config?.database ?? {};
  const own = { secret, url, key: [key, previousKey].map((one) => one?.toString('base64')) };
  return buildHider(own, ...providers.map(({ options }) => options));
}
