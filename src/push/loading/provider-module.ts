import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { nearestKey } from '../../config/mistakes/nearest-key.ts';
import type { OptionsSchema } from '../provider/provider-exports.ts';
import type { CreateProvider } from '../provider/provider.ts';

/** A provider module: its factory, and where it has one the schema of its options. */
export interface ProviderModule {
  readonly create: CreateProvider;
  readonly options: OptionsSchema | undefined;
}

/** The same folder from the sources and from `dist/`; the built-in providers have no other privilege than a short name. */
const builtInFolder = new URL('../../../providers/', import.meta.url);
const extension = extname(fileURLToPath(import.meta.url));

/**
 * Imports what `use` names: a built-in provider, a file relative to the configuration file, or a package installed beside
 * Reveille or beside the configuration. Throws an Error that says what was wrong with it.
 */
export async function importProvider(use: string, configFile: string): Promise<ProviderModule> {
  const loaded = await importModule(use, configFile);
  if (typeof loaded['default'] !== 'function') throw new Error(`"${use}" has no default export that creates a provider`);
  return { create: loaded['default'] as CreateProvider, options: loaded['options'] as OptionsSchema | undefined };
}

async function importModule(use: string, configFile: string): Promise<Record<string, unknown>> {
  const specifier = locate(use, configFile);
  try {
    return (await import(specifier)) as Record<string, unknown>;
  } catch (error) {
    throw new Error(`"${use}" can't be loaded as a provider: ${explain(use, specifier, error)}`, { cause: error });
  }
}

/** A name that is nowhere gets no stack of import paths but what could have been meant. */
function explain(use: string, specifier: string, error: unknown): string {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  if (!isMissing || (specifier !== use && existsSync(fileURLToPath(specifier))))
    return error instanceof Error ? error.message : String(error);
  if (specifier !== use) return `no such file: ${fileURLToPath(specifier)}`;
  const nearest = nearestKey(use, listBuiltIns());
  return `no built-in provider and no installed package has this name${nearest === undefined ? '' : `, did you mean "${nearest}"?`}`;
}

function listBuiltIns(): string[] {
  return readdirSync(builtInFolder).filter((name) => existsSync(new URL(`${name}/index${extension}`, builtInFolder)));
}

function locate(use: string, configFile: string): string {
  const builtIn = new URL(`${use}/index${extension}`, builtInFolder);
  if (/^[a-z][a-z0-9-]*$/.test(use) && existsSync(builtIn)) return builtIn.href;
  if (use.startsWith('./') || use.startsWith('../') || isAbsolute(use)) return pathToFileURL(resolve(dirname(configFile), use)).href;
  return locatePackage(use, configFile);
}

/** Beside the configuration first; a package that can only be imported (no `require` entry) is found beside Reveille. */
function locatePackage(use: string, configFile: string): string {
  try {
    return pathToFileURL(createRequire(configFile).resolve(use)).href;
  } catch {
    // Not there, or not for `require`: the import itself says what is wrong, if anything is.
    return use;
  }
}
