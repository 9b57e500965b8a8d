import type { Config } from '../config/config.ts';
import type { Fpush } from '../handlers/dialects/fpush/fpush.ts';
import { Push2 } from '../handlers/dialects/push2/push2.ts';
import type { Relayer } from '../handlers/dialects/push2/target.ts';
import type { Log } from '../log/log.ts';
import type { Measurements } from '../metrics/measurements.ts';
import type { RunningDelivery } from '../push/delivery/create-delivery.ts';
import type { ProviderGuard } from '../push/guard/provider-guard.ts';

export interface Push2Parts {
  readonly guards: ReadonlyMap<string, ProviderGuard>;
  readonly delivery: RunningDelivery;
  readonly log: Log;
  readonly measurements: Measurements;
}

/** The mistake of a configuration with push2 and without a provider that can take part in it. */
export const withoutRelayer =
  'dialects.push2: no provider of this configuration can relay notifications; add one with use = "webpush" or use = "apns", or leave push2 out';

/** Push 2.0 where it is configured; the log says that it is an experiment. Throws an AggregateError where no provider can take part in it. */
export function buildPush2({ dialects, component, delivery: times }: Config, parts: Push2Parts): Push2 | undefined {
  const { guards, delivery, log, measurements } = parts;
  if (dialects.push2 === undefined) return undefined;
  const { allowHosts } = dialects.push2;
  const relayers = [...guards].filter(([, guard]) => guard.relays).map(([provider, guard]) => buildRelayer(provider, guard));
  if (relayers.length === 0) throw new AggregateError([new Error(withoutRelayer)]);
  log.warn('dialect-experimental', { dialect: 'push2', hosts: allowHosts, providers: relayers.map(({ provider }) => provider) });
  return new Push2({
    allowHosts,
    relayers,
    registrants: component.registrants,
    defaultTtlMs: times.defaultTtlMs,
    voipTtlMs: times.voipTtlMs,
    dispatcher: delivery.dispatcher,
    measurements,
  });
}

function buildRelayer(provider: string, guard: ProviderGuard): Relayer {
  return {
    provider,
    get identity() {
      return guard.identity;
    },
    readAddress: (address) => guard.readAddress(address),
  };
}

/** The dialects without a registry that are spoken, by name. */
export function nameStateless(dialects: Readonly<Record<string, Fpush | Push2 | undefined>>): ReadonlyMap<string, Fpush | Push2> {
  return new Map(Object.entries(dialects).flatMap(([name, dialect]) => (dialect === undefined ? [] : [[name, dialect] as const])));
}
