import type { ProviderTools } from '../../src/index.ts';
import { buildOptionsError } from '../options/parse-options.ts';
import { Access } from './access.ts';
import { buildPayloadRules } from './request/alert.ts';
import { ApnsProvider } from './apns-provider.ts';
import { createCertificateSlot } from './credentials/certificate-slot.ts';
import { watchCredentials } from './credentials/credential-files.ts';
import { loadCredentials } from './credentials/credentials.ts';
import { Goaways } from '../http2/goaways.ts';
import { parseOptions } from './options.ts';

const watchEveryMs = 5_000;

/**
 * Apple's push service. Throws an AggregateError with one readable message per mistake in the options or credentials;
 * opens no connection before the first push. Credentials are loaded anew when their files change, looked at every `everyMs`.
 */
export function createApns(input: unknown, { log, ...tools }: ProviderTools, everyMs = watchEveryMs): ApnsProvider {
  const parsed = parseOptions(input);
  if ('mistakes' in parsed) throw buildOptionsError(parsed.mistakes);
  const { options } = parsed;
  const places = { resolvePath: (path: string) => tools.resolvePath(path), originOf: (key: string) => tools.originOf?.(key) };
  const { credentials, ca, mistakes, ended } = loadCredentials(options, places);
  if (mistakes.length > 0) throw buildOptionsError(mistakes);
  if (ended.length > 0) log.error('apns-certificate-ended', { ended });
  const goaways = new Goaways();
  return new ApnsProvider({
    credentials,
    payload: buildPayloadRules(options),
    openAccess: (used) => new Access(used, { options, ca, log, goaways }),
    watch: (replace) => watchCredentials({ options, ...places, credentials, everyMs, log }, replace),
    ...(credentials.kind === 'none' ? { openSlot: (holder) => createCertificateSlot(options, holder) } : {}),
    log,
    goaways,
  });
}
