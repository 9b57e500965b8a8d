import type { Provider, ProviderTools } from '../../src/index.ts';
import { createPool } from '../http2/pool.ts';
import { chooseProxies } from '../http2/proxy-choice.ts';
import { buildPayloadRules } from './alert.ts';
import { loadCredentials, type Credentials } from './credentials.ts';
import { ApnsProvider } from './apns-provider.ts';
import { parseOptions } from './options.ts';
import { withQuarantine } from './quarantine.ts';

export { options } from './options.ts';

/**
 * Apple's push service. Throws an AggregateError with one readable message per mistake in the options or credentials;
 * opens no connection before the first push.
 */
export default function create(input: unknown, tools: ProviderTools): Provider {
  const parsed = parseOptions(input);
  if ('mistakes' in parsed) throw buildError(parsed.mistakes);
  const { options } = parsed;
  const { credentials, ca, mistakes } = loadCredentials(options, (path) => tools.resolvePath(path));
  if (mistakes.length > 0) throw buildError(mistakes);
  const pool = (endpoint: string) => {
    const origin = new URL(endpoint);
    const proxies = chooseProxies(options.proxy, origin, process.env);
    const startsAtOne = credentials.kind === 'key';
    const settings = { origin, ca, client: clientOf(credentials), proxies, startsAtOne, repeatsInDoubt: true };
    return withQuarantine(createPool(settings, tools.log));
  };
  const isSandbox = options.environment === 'sandbox';
  return new ApnsProvider({
    credentials,
    payload: buildPayloadRules(options),
    main: pool(isSandbox ? options['sandbox-endpoint'] : options.endpoint),
    fallback: options['fallback-to-sandbox'] && !isSandbox ? pool(options['sandbox-endpoint']) : undefined,
    log: tools.log,
  });
}

function buildError(mistakes: readonly string[]): AggregateError {
  return new AggregateError(
    mistakes.map((mistake) => new Error(mistake)),
    mistakes.join('\n'),
  );
}

function clientOf(credentials: Credentials): { readonly cert: string; readonly key: string } | undefined {
  return credentials.kind === 'certificate' ? credentials.certificate : undefined;
}
