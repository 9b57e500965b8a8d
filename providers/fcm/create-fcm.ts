import type { ProviderLog, ProviderTools } from '../../src/index.ts';
import { createFileLoader, parseAuthorities } from '../files/load-file.ts';
import { contentOf } from '../files/tidy-credential.ts';
import { Goaways } from '../http2/goaways.ts';
import { createPool } from '../http2/pool/pool.ts';
import { chooseProxies } from '../http2/proxy/choice.ts';
import { buildOptionsError, parseOptions } from '../options/parse-options.ts';
import { buildPrivacy } from '../options/privacy.ts';
import { AccountAccess, type Line } from './access/account-access.ts';
import { watchAccountFile } from './access/account-file.ts';
import { FcmProvider } from './fcm-provider.ts';
import { options as schema, type FcmOptions } from './options.ts';
import { parseServiceAccount, projectNumberOf, type ServiceAccount } from './access/service-account.ts';

const watchEveryMs = 5_000;
/** Google ends connections that bring more at a time. */
const maxStreams = 100;

/**
 * Google's push service for Android. Throws an AggregateError with one readable message per mistake in the options or the
 * service account; opens no connection before the first push. The account is loaded anew when its file changes, looked at
 * every `everyMs`.
 */
export function createFcm(input: unknown, { log, ...tools }: ProviderTools, everyMs = watchEveryMs): FcmProvider {
  const parsed = parseOptions(schema, input);
  if ('mistakes' in parsed) throw buildOptionsError(parsed.mistakes);
  const { options } = parsed;
  const value = options['service-account-file'];
  const openLoader = () =>
    createFileLoader(
      (name) => tools.resolvePath(name),
      (key) => tools.originOf?.(key),
    );
  const load = () => {
    const loader = openLoader();
    return { fresh: loader.load('service-account-file', value, parseServiceAccount), mistakes: loader.mistakes };
  };
  const path = contentOf(value) === undefined ? tools.resolvePath(value) : undefined;
  const files = openLoader();
  const ca = files.load('ca-file', options['ca-file'], parseAuthorities);
  const account = files.load('service-account-file', value, parseServiceAccount);
  const mistakes = [...files.mistakes, ...senderMistakes(options, account)];
  if (account === undefined || mistakes.length > 0) throw buildOptionsError(mistakes);
  const goaways = new Goaways();
  const network = { options, ca, log, goaways };
  return new FcmProvider({
    account,
    line: openLine(options.endpoint, { ...network, maxSessions: options['pool-size'] }),
    senderId: options['sender-id'],
    privacy: buildPrivacy(options),
    openAccess: (used) => new AccountAccess(used, openLine(used.tokenUri, { ...network, maxSessions: 1 }), log),
    watch: (replace) =>
      watchAccountFile({ path, load, account, everyMs, log, checkSender: (other) => senderMistakes(options, other) }, replace),
    log,
    goaways,
  });
}

interface Network {
  readonly options: FcmOptions;
  /** PEM text of trust anchors. */
  readonly ca: string | undefined;
  readonly log: ProviderLog;
  readonly goaways: Goaways;
  readonly maxSessions: number;
}

function openLine(endpoint: string, { options, ca, log, goaways, maxSessions }: Network): Line {
  const { origin } = new URL(endpoint);
  const proxies = chooseProxies(options.proxy, new URL(origin), process.env);
  const reached = { origin: new URL(origin), ca, proxies, maxStreams, maxSessions, repeatsInDoubt: true, goaways };
  return { endpoint: reached, pool: createPool(reached, log) };
}

/** Most files do not tell the project number; Google then judges token by token. */
function senderMistakes({ 'sender-id': senderId }: FcmOptions, account: ServiceAccount | undefined): readonly string[] {
  const number = account === undefined ? undefined : projectNumberOf(account);
  if (senderId === undefined || number === undefined || senderId === number) return [];
  return [`sender-id: ${senderId} is not the project of the service account, which is ${number}; one of the two is of another project`];
}
