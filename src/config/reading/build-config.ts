import { dirname, resolve } from 'node:path';
import type { Config, ProviderConfig } from '../config.ts';
import { freezeDeep } from '../../base/freeze.ts';
import type { ParsedConfig } from '../schema.ts';

export interface ConfigParts {
  /** Absolute path of the TOML file. */
  readonly file: string;
  readonly parsed: ParsedConfig;
  readonly ca: string | undefined;
  readonly providers: readonly ProviderConfig[];
}

/** The frozen configuration; secrets are there to be read by name, but no enumeration, JSON or inspection meets them. */
export function buildConfig({ file, parsed, ca, providers }: ConfigParts): Config {
  const fromFolder = (path: string): string => resolve(dirname(file), path);
  const { http, delivery, limits } = parsed;
  return freezeDeep({
    file,
    component: buildComponent(parsed.component, ca),
    database: buildDatabase(parsed.database, fromFolder),
    http: {
      listen: http.listen,
      rest: http.rest === undefined ? undefined : fromFolder(http.rest),
      trustProxy: http['trust-proxy'],
    },
    log: parsed.log,
    delivery: {
      answerWithinMs: delivery['answer-within'],
      defaultTtlMs: delivery['default-ttl'],
      voipTtlMs: delivery['voip-ttl'],
      updateIntervalMs: delivery['update-interval'],
    },
    limits: {
      devicesPerOwner: limits['devices-per-owner'],
      registrationsPerMinute: limits['registrations-per-minute'],
      inFlight: limits['in-flight'],
    },
    providers,
  });
}

function buildComponent(component: ParsedConfig['component'], ca: string | undefined): Config['component'] {
  const { jid, server, secret, connections, admins, registrants, publishers } = component;
  return hide({ jid, server, ca, secret, connections, admins, registrants, publishers }, ['secret']);
}

function buildDatabase(database: ParsedConfig['database'], fromFolder: (path: string) => string): Config['database'] {
  const { url, key, 'previous-key': previousKey } = database;
  return hide({ url, dataDir: fromFolder(database['data-dir']), key, previousKey }, ['url', 'key', 'previousKey']);
}

function hide<T extends object>(value: T, keys: readonly (keyof T)[]): T {
  for (const key of keys) Object.defineProperty(value, key, { enumerable: false });
  return value;
}
