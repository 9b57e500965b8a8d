import { dirname, resolve } from 'node:path';
import { findZodIssues } from '../check-options.ts';
import { ConfigError } from '../mistakes/config-error.ts';
import { formatIssue } from '../mistakes/format-issue.ts';
import { formatKeyPath, valueAt } from '../mistakes/key-path.ts';
import { configSchema } from '../schema.ts';
import { adminSection, type AdminConfig } from '../sections/admin.ts';
import { httpSection, type HttpConfig } from '../sections/http.ts';
import { parseTomlFile } from './parse-toml.ts';
import { resolveReferences } from './resolve-references.ts';

/**
 * Where a program that was started with this file listens, whatever has become of the rest of the file since. Throws a
 * ConfigError where that can't be told.
 */
export function readListen(file: string, env: NodeJS.ProcessEnv = process.env): HttpConfig['listen'] {
  return httpSection.parse(readTable(file, 'http', env)).listen;
}

/** The same for the status page, with its token; undefined where there is none. */
export function readAdmin(file: string, env: NodeJS.ProcessEnv = process.env): AdminConfig | undefined {
  return adminSection.parse(readTable(file, 'admin', env));
}

/** A table that has no mistakes; what it says, as far as it is there. */
function readTable(file: string, name: 'http' | 'admin', env: NodeJS.ProcessEnv): unknown {
  const absolute = resolve(file);
  const table = valueAt(parseTomlFile(absolute), [name]);
  const { value: root, broken } = resolveReferences(table === undefined ? {} : { [name]: table }, { folder: dirname(absolute), env });
  if (broken.length > 0) throw new ConfigError(broken.map(({ path, message }) => `${formatKeyPath(path)}: ${message}`));
  const issues = findZodIssues(configSchema, root).filter(({ path: [first] }) => first === name);
  if (issues.length > 0) throw new ConfigError(issues.flatMap((issue) => formatIssue(issue, root)));
  return valueAt(root, [name]);
}
