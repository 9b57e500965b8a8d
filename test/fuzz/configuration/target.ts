import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { options as apnsOptions } from '../../../providers/apns/index.ts';
import { options as fcmOptions } from '../../../providers/fcm/index.ts';
import { checkOptions } from '../../../src/config/check-options.ts';
import { ConfigError } from '../../../src/config/mistakes/config-error.ts';
import type { Config } from '../../../src/config/config.ts';
import { loadConfig } from '../../../src/config/reading/load-config.ts';
import type { OptionsSchema } from '../../../src/index.ts';
import type { Subject, Target } from '../target.ts';
import { buildFile } from './build-file.ts';
import { inputs, type ConfigurationInput } from './inputs.ts';
import { marker } from './values.ts';

const limitMs = 10_000;
const longestLine = 20_000;
const env = { FUZZ_SECRET: marker, FUZZ_EMPTY: '' };
const schemas = new Map<string, OptionsSchema>([
  ['apns', apnsOptions],
  ['fcm', fcmOptions],
]);
/** `component.jid: expected …`, `providers."a:b".x: unknown key`; of files without any key `providers: …` and the like. */
const aboutKey =
  /^(?:[\w-]+|"(?:[^"\\]|\\.)*")(?:\.(?:[\w-]+|"(?:[^"\\]|\\.)*")|\[\d+\])*: (?:.*expected |unknown key|server keys stopped|must |contradicts)/s;
const aboutFile =
  /^(?:can't read .+|.+:\d+:\d+: not TOML: .+|.+\.toml: expected at most 32 tables and lists inside one another, found more$)/;

/** Configuration files, through the reading that `serve`, `check` and `doctor` begin with, and the providers' own check of their tables. */
export const target: Target<ConfigurationInput> = { name: 'configuration', inputs, open };

async function open(): Promise<Subject<ConfigurationInput>> {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-fuzz-'));
  writeFileSync(join(folder, 'secret'), `${marker}\n`);
  writeFileSync(join(folder, 'binary'), Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));
  writeFileSync(join(folder, 'large'), 'y'.repeat(2_000_000));
  mkdirSync(join(folder, 'folder'));
  symlinkSync('loop', join(folder, 'loop'));
  return {
    feed: async (input) => feed(input, join(folder, `${randomUUID()}.toml`)),
    close: async () => rmSync(folder, { recursive: true }),
  };
}

function feed(input: ConfigurationInput, file: string): void {
  writeFileSync(file, buildFile(input));
  const begun = performance.now();
  const mistakes = read(file, isPath(input));
  const tookMs = performance.now() - begun;
  unlinkSync(file);
  for (const mistake of mistakes) checkMistake(mistake);
  if (tookMs > limitMs) throw new Error(`nothing else happened for ${Math.round(tookMs)} ms`);
}

/** The mistakes that were told; anything thrown but a ConfigError goes through. */
function read(file: string, isPathGiven: boolean): readonly string[] {
  try {
    const config = loadConfig(file, env);
    if (!isPathGiven) checkHidden(config);
    return config.providers.flatMap(({ id, use, options }) => {
      const schema = schemas.get(use);
      return schema === undefined ? [] : checkOptions(schema, options, ['providers', id]);
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (error.mistakes.length === 0) throw new Error('refused without a mistake', { cause: error });
    return error.mistakes;
  }
}

/** Whoever keeps the name of a folder or of a provider's package where secrets are kept may see it as one. */
function isPath({ lines }: ConfigurationInput): boolean {
  return lines.some(({ key, value }) => ['data-dir', 'rest', 'use'].includes(key.trim()) && /\b(?:env|file)\b/.test(value));
}

function checkMistake(mistake: string): void {
  if (mistake.includes(marker)) throw new Error(`a mistake tells the secret: ${mistake.slice(0, 300)}`);
  if (mistake.includes('\n')) throw new Error(`a mistake of several lines: ${mistake.slice(0, 300)}`);
  if (mistake.length > longestLine) throw new Error(`a mistake of ${mistake.length} characters: ${mistake.slice(0, 300)}`);
  if (!aboutKey.test(mistake) && !aboutFile.test(mistake)) throw new Error(`names no key or no expectation: ${mistake.slice(0, 300)}`);
}

/** Whatever writes a configuration somewhere as a whole must not write secrets. */
function checkHidden(config: Config): void {
  for (const text of [JSON.stringify(config), inspect(config, { depth: 20 })])
    if (text.includes(marker)) throw new Error('a rendering of the configuration shows the secret');
}
