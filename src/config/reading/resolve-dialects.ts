import type { ProviderConfig } from '../config.ts';
import type { DialectProviders, DialectsConfig, WrittenDialects } from '../sections/dialects.ts';

type Provider = Pick<ProviderConfig, 'id' | 'use'>;

/**
 * Which dialects are answered: as the table says; without a word, those of an app server that registers, for each kind of push
 * service that exactly one provider stands for.
 */
export function resolveDialects(written: WrittenDialects, providers: readonly Provider[]): DialectsConfig {
  const usual = compact({ fcm: onlyOne(providers, 'fcm'), apns: onlyOne(providers, 'apns') });
  const choose = <T extends DialectProviders>(given: T | false | undefined, otherwise: T): T | undefined => {
    const chosen = given === false ? undefined : (given ?? otherwise);
    return chosen?.fcm === undefined && chosen?.apns === undefined ? undefined : chosen;
  };
  const { fpush, push2 } = written;
  return compact({
    p2: choose(written.p2, usual),
    modPushAppserver: choose(written.mod_push_appserver, { ...usual, http: false }),
    fluux: choose(written.fluux, compact({ apns: usual.apns })),
    openfire: choose(written.openfire, usual),
    fpush:
      fpush === false || fpush === undefined ? undefined : { modules: fpush.modules, default: fpush.default, ratelimitMs: fpush.ratelimit },
    push2: push2 === false || push2 === undefined ? undefined : { allowHosts: push2['allow-hosts'] },
  });
}

export interface DialectMistake {
  readonly path: readonly string[];
  readonly message: string;
}

/** Provider ids and modules that the table names and that there are not. */
export function findDialectMistakes(written: WrittenDialects, providerIds: readonly string[]): readonly DialectMistake[] {
  const message = `expected a provider id of this configuration (${providerIds.join(', ')})`;
  const named = Object.entries(written).flatMap(([dialect, table]) => {
    if (table === false || table === undefined) return [];
    const { modules = {}, ...kinds } = table as { readonly modules?: Readonly<Record<string, string>> } & DialectProviders;
    return [
      ...Object.entries({ fcm: kinds.fcm, apns: kinds.apns }).map(([kind, id]) => ({ path: ['dialects', dialect, kind], id })),
      ...Object.entries(modules).map(([name, id]) => ({ path: ['dialects', dialect, 'modules', name], id })),
    ];
  });
  const unknown = named.filter(({ id }) => id !== undefined && !providerIds.includes(id)).map(({ path }) => ({ path, message }));
  const { fpush } = written;
  if (typeof fpush !== 'object' || fpush.default === undefined || Object.hasOwn(fpush.modules, fpush.default)) return unknown;
  return [
    ...unknown,
    { path: ['dialects', 'fpush', 'default'], message: `expected one of its modules (${Object.keys(fpush.modules).join(', ')})` },
  ];
}

function onlyOne(providers: readonly Provider[], use: string): string | undefined {
  const [only, ...others] = providers.filter((provider) => provider.use === use);
  return others.length === 0 ? only?.id : undefined;
}

function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}
