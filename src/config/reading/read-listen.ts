import { dirname, resolve } from 'node:path';
import { findZodIssues } from '../check-options.ts';
import { ConfigError } from '../mistakes/config-error.ts';
import { formatIssue } from '../mistakes/format-issue.ts';
import { formatKeyPath, valueAt } from '../mistakes/key-path.ts';
import { configSchema } from '../schema.ts';
import { httpSection, type HttpConfig } from '../sections/http.ts';
import { parseTomlFile } from './parse-toml.ts';
import { resolveReferences } from './resolve-references.ts';

/**
 * Where a program that was started with this file listens, whatever has become of the rest of the file since. Throws a
 * ConfigError where that can't be told.
 */
export function readListen(file: string, env: NodeJS.ProcessEnv = process.env): HttpConfig['listen'] {
  const absolute = resolve(file);
  const http = valueAt(parseTomlFile(absolute), ['http']);
  const { value: root, broken } = resolveReferences({ http }, { folder: dirname(absolute), env });
  if (broken.length > 0) throw new ConfigError(broken.map(({ path, message }) => `${formatKeyPath(path)}: ${message}`));
  const issues = findZodIssues(configSchema, root).filter(({ path: [table] }) => table === 'http');
  if (issues.length > 0) throw new ConfigError(issues.flatMap((issue) => formatIssue(issue, root)));
  return httpSection.parse(valueAt(root, ['http'])).listen;
}
