import type { Config } from '../config/config.ts';
import { Fpush } from '../handlers/dialects/fpush/fpush.ts';
import type { Measurements } from '../metrics/measurements.ts';
import type { RunningDelivery } from '../push/delivery/create-delivery.ts';
import type { ProviderGuard } from '../push/guard/provider-guard.ts';

export interface FpushParts {
  readonly guards: ReadonlyMap<string, ProviderGuard>;
  readonly delivery: RunningDelivery;
  readonly measurements: Measurements;
}

/** fpush's dialect where it is configured. Whoever called it drains it. */
export function buildFpush({ dialects, component, delivery: times }: Config, parts: FpushParts): Fpush | undefined {
  const { guards, delivery, measurements } = parts;
  if (dialects.fpush === undefined) return undefined;
  return new Fpush({
    ...dialects.fpush,
    registrants: component.registrants,
    ttlMs: times.defaultTtlMs,
    dispatcher: delivery.dispatcher,
    measurements,
    checkToken: (provider, text) => guards.get(provider)?.checkToken(text) ?? { kind: 'refused', reason: 'has no provider' },
    identityOf: (provider) => guards.get(provider)?.identity ?? '',
  });
}
