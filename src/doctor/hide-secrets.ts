import { isSecret } from '../config/conceal.ts';
import type { Config, ProviderConfig } from '../config/config.ts';

/** Shorter ones are words that stand everywhere. */
const shortestHidden = 4;
const mask = '[secret]';

/** Replaces every secret of the configuration in a text: what failed may quote it. */
export function buildSecretHider(config: Config | undefined, providers: readonly ProviderConfig[]): (text: string) => string {
  const own = config === undefined ? [] : [config.component.secret, config.database.key?.toString('base64')];
  const url = config?.database.url;
  const values = [...own, ...passwordsOf(url), ...providers.flatMap(({ options }) => secretsOf(options))];
  const secrets = [...new Set(values)].filter((value) => value !== undefined).filter((value) => value.length >= shortestHidden);
  const longestFirst = secrets.toSorted((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((rest, secret) => rest.replaceAll(secret, mask), text);
}

function secretsOf(options: ProviderConfig['options']): (string | undefined)[] {
  const secret = Object.entries(options).filter(([key]) => isSecret(options, key));
  return secret
    .flatMap(([, value]) => value)
    .filter((value) => typeof value === 'string')
    .flatMap((value) => [value, ...passwordsOf(value)]);
}

/** As written in a URL and as meant. */
function passwordsOf(url: string | undefined): string[] {
  const password = url !== undefined && URL.canParse(url) ? new URL(url).password : '';
  return password === '' ? [] : [password, decode(password)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a bare percent sign
  }
}
