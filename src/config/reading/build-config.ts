import { dirname, resolve } from 'node:path';
import type { Config, ProviderConfig } from '../config.ts';
import { holdsPem } from '../../base/pem.ts';
import { freezeDeep } from '../../base/freeze.ts';
import { resolveDialects } from './resolve-dialects.ts';
import type { LocalPushConfig } from '../sections/local-push.ts';
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
  const { 'local-push': localPush, ...sections } = parsed;
  const { component, database, http, admin } = sections;
  return freezeDeep({
    ...sections,
    file,
    component: hide({ ...component, ca }, ['secret']),
    database: hide({ ...database, dataDir: fromFolder(database.dataDir) }, ['url', 'key', 'previousKey']),
    http: { ...http, rest: http.rest === undefined ? undefined : fromFolder(http.rest) },
    providers,
    dialects: resolveDialects(parsed.dialects, providers),
    ...(localPush === undefined ? {} : { localPush: placeOwn(localPush, fromFolder) }),
    ...(admin === undefined ? {} : { admin: hide({ ...admin }, ['token']) }),
  });
}

function placeOwn(localPush: LocalPushConfig, fromFolder: (path: string) => string): LocalPushConfig {
  const { own } = localPush;
  if (own?.certificate === undefined) return localPush;
  const { certFile, keyFile } = own.certificate;
  // What came from elsewhere may be the credential itself.
  const place = (value: string): string => (holdsPem(value) ? value : fromFolder(value));
  return { ...localPush, own: { ...own, certificate: hide({ certFile: place(certFile), keyFile: place(keyFile) }, ['keyFile']) } };
}

function hide<T extends object>(value: T, keys: readonly (keyof T)[]): T {
  for (const key of keys) Object.defineProperty(value, key, { enumerable: false });
  return value;
}
