// Room: from a TOML file and its references to a configuration. In: a file and the environment. Out: a configuration or ConfigError. May
// enter: cli, app.
import { dirname, resolve } from 'node:path';
import { buildConfig } from './build-config.ts';
import { buildProviders } from './build-providers.ts';
import { findZodIssues } from '../check-options.ts';
import { originsOf } from '../secrets/conceal.ts';
import { ConfigError } from '../mistakes/config-error.ts';
import type { Config, ProviderConfig } from '../config.ts';
import { formatIssue } from '../mistakes/format-issue.ts';
import type { Issue } from '../mistakes/issue.ts';
import { formatKeyPath, type KeyPath, valueAt } from '../mistakes/key-path.ts';
import { parseTomlFile } from './parse-toml.ts';
import { resolveReferences } from './resolve-references.ts';
import { findRetiredKeys } from '../mistakes/retired-keys.ts';
import { findDialectMistakes } from './resolve-dialects.ts';
import { findLocalPushMistakes } from './find-local-push-mistakes.ts';
import { configSchema } from '../schema.ts';
import { dialectsSection } from '../sections/dialects.ts';
import { localPushSection } from '../sections/local-push.ts';
import { readTrustAnchors } from '../values/trust-anchors.ts';

/** A file that parses as TOML: either a whole configuration, or its mistakes and those providers that are sound so far. */
export type ConfigReading =
  | { readonly kind: 'sound'; readonly config: Config }
  | { readonly kind: 'mistaken'; readonly mistakes: readonly string[]; readonly providers: readonly ProviderConfig[] };

/**
 * Reads the configuration. Throws a ConfigError with every mistake found, one line each: key path, what was expected, what
 * was found, and for an unknown key the nearest known one.
 */
export function loadConfig(file: string, env: NodeJS.ProcessEnv = process.env): Config {
  const reading = readConfig(file, env);
  if (reading.kind === 'mistaken') throw new ConfigError(reading.mistakes);
  return reading.config;
}

/** As loadConfig, but throws only where the file can't be read or isn't TOML. */
export function readConfig(file: string, env: NodeJS.ProcessEnv = process.env): ConfigReading {
  const absolute = resolve(file);
  const { value: root, broken } = resolveReferences(parseTomlFile(absolute), { folder: dirname(absolute), env });
  const mistakes = [
    ...broken.map(({ path, message }) => ({ path, line: `${formatKeyPath(path)}: ${message}` })),
    ...findRetiredKeys(valueAt(root, ['providers'])).map(({ id, key, line }) => ({ path: ['providers', id, key], line })),
    ...findSchemaMistakes(root, broken),
  ];
  const ca = readComponentAnchors(root, dirname(absolute));
  if (ca !== undefined && 'problem' in ca) mistakes.push({ path: caPath, line: `${formatKeyPath(caPath)}: ${ca.problem}` });
  const providers = buildProviders(valueAt(root, ['providers']), (id) => !mistakes.some(({ path }) => startsWith(path, ['providers', id])));
  if (mistakes.length > 0) return { kind: 'mistaken', mistakes: mistakes.map(({ line }) => line), providers };
  const pem = ca !== undefined && 'pem' in ca ? ca.pem : undefined;
  return { kind: 'sound', config: buildConfig({ file: absolute, parsed: configSchema.parse(root), ca: pem, providers }) };
}

interface Mistake {
  readonly path: KeyPath;
  readonly line: string;
}

const caPath = ['component', 'ca-file'];

/** A value that a broken reference should have brought is not reported as missing on top. */
function findSchemaMistakes(root: unknown, broken: readonly { readonly path: KeyPath }[]): Mistake[] {
  const issues = findZodIssues(configSchema, root);
  const own = issues.filter((issue) => !broken.some(({ path }) => startsWith(issue.path, path)));
  return [...own, ...findWrongDialects(root, issues), ...findWrongLocalPush(root, issues)].flatMap((issue) =>
    formatIssue(issue, root).map((line) => ({ path: issue.path, line })),
  );
}

/** What the table of dialects names and the table of providers does not have; looked at where both are sound by themselves. */
function findWrongDialects(root: unknown, issues: readonly Issue[]): readonly Issue[] {
  if (issues.some(({ path: [table] }) => table === undefined || table === 'dialects' || table === 'providers')) return [];
  const dialects = dialectsSection.parse(valueAt(root, ['dialects']));
  const ids = Object.keys(valueAt(root, ['providers']) as object);
  return findDialectMistakes(dialects, ids).map((mistake) => ({ code: 'custom', ...mistake }));
}

/** The same for the providers that local push names. */
function findWrongLocalPush(root: unknown, issues: readonly Issue[]): readonly Issue[] {
  if (issues.some(({ path: [table] }) => table === undefined || table === 'local-push' || table === 'providers')) return [];
  const ids = Object.keys(valueAt(root, ['providers']) as object);
  return findLocalPushMistakes(localPushSection.parse(valueAt(root, ['local-push'])), ids).map((mistake) => ({
    code: 'custom',
    ...mistake,
  }));
}

function readComponentAnchors(root: unknown, folder: string): ReturnType<typeof readTrustAnchors> | undefined {
  const file = valueAt(root, caPath);
  if (typeof file !== 'string' || file === '') return undefined;
  const origin = originsOf(valueAt(root, ['component']))['ca-file'];
  return readTrustAnchors({ value: file, path: resolve(folder, file), origin });
}

function startsWith(path: KeyPath, prefix: KeyPath): boolean {
  return prefix.every((part, index) => path[index] === part);
}
