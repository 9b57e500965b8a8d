import { join } from 'node:path';
import { ConfigError } from '../../src/config/mistakes/config-error.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/reading/load-config.ts';
import { createFolder } from './folder.ts';

export const smallest = `
[component]
jid = "push.example.org"
secret = "pass the word"
[providers.plain]
use = "log"
`;

export function loadText(text: string, env: NodeJS.ProcessEnv = {}, files: Readonly<Record<string, string | Buffer>> = {}): Config {
  const folder = createFolder({ 'etc/reveille.toml': text, ...files });
  return loadConfig(join(folder, 'etc/reveille.toml'), env);
}

/** The mistakes of a configuration; the folder's random name is cut out. */
export function mistakesOf(text: string, env: NodeJS.ProcessEnv = {}, files: Readonly<Record<string, string | Buffer>> = {}): string[] {
  const folder = createFolder({ 'etc/reveille.toml': text, ...files });
  try {
    loadConfig(join(folder, 'etc/reveille.toml'), env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map((line) => line.replaceAll(folder, ''));
  }
}

/** The smallest configuration with a line added to one of its tables. */
export function withLine(table: string, line: string): string {
  return smallest.includes(`[${table}]\n`)
    ? smallest.replace(`[${table}]\n`, `[${table}]\n${line}\n`)
    : `${smallest}\n[${table}]\n${line}\n`;
}
