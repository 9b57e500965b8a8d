import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type FoundRegistrations, SourceUnusable, type Surroundings } from './found.ts';
import { readFpushSettings } from './fpush/settings.ts';
import { openStore } from './mod-push-appserver/registrations.ts';
import { readAppserverSettings } from './mod-push-appserver/settings.ts';
import { openP2Registrations } from './p2/registrations.ts';
import { readP2Settings } from './p2/settings.ts';
import type { FoundSettings } from './settings/settings.ts';
import { openTigaseRegistrations } from './tigase/registrations.ts';
import { readTigaseSettings } from './tigase/settings.ts';

export const appServers = ['fpush', 'p2', 'mod_push_appserver', 'tigase'] as const;
export type AppServer = (typeof appServers)[number];

/** What there is to take. */
export interface Source {
  readonly settings: FoundSettings | undefined;
  readonly registrations: readonly FoundRegistrations[];
}

type Part = 'settings' | 'registrations';

interface Kind {
  /** What a file is, by its name; undefined where it is none of this app server's. */
  partOf(path: string): Part | undefined;
  /** Whether a folder is a source itself, rather than a place where files lie. */
  readonly isFolder: boolean;
  readonly expects: string;
  settings(path: string): Promise<FoundSettings>;
  registrations?(path: string, surroundings: Surroundings | undefined): Promise<FoundRegistrations>;
}

const isJson = (path: string): boolean => /\.(?:json|conf)$/i.test(path);
const isDump = (path: string): boolean => path === '-' || /\.(?:sql|dump)$/i.test(path);
const isTdsl = (path: string): boolean => /\.tdsl$/i.test(path);

const kinds: Readonly<Record<AppServer, Kind>> = {
  fpush: {
    partOf: (path) => (isJson(path) ? 'settings' : undefined),
    isFolder: false,
    expects: 'settings.json',
    settings: readFpushSettings,
  },
  p2: {
    partOf: (path) => (isJson(path) ? 'settings' : isDump(path) ? 'registrations' : undefined),
    isFolder: false,
    expects: 'config.json, a dump of its database (NAME.sql), or - for a pipe from mysqldump',
    settings: readP2Settings,
    registrations: openP2Registrations,
  },
  mod_push_appserver: {
    partOf: (path) => (path.endsWith('.lua') ? 'settings' : undefined),
    isFolder: true,
    expects: "Prosody's data folder, or prosody.cfg.lua",
    settings: readAppserverSettings,
    registrations: (path, surroundings) => openStore(path, surroundings?.service ?? 'unknown.invalid'),
  },
  tigase: {
    partOf: (path) => (isTdsl(path) ? 'settings' : isDump(path) ? 'registrations' : undefined),
    isFolder: false,
    expects: 'config.tdsl, or a dump of its database (NAME.sql)',
    settings: readTigaseSettings,
    registrations: openTigaseRegistrations,
  },
};

/** Opens what another app server left. Rejects with SourceUnusable where a path is nothing of that app server. */
export async function openSource(from: AppServer, paths: readonly string[], surroundings: Surroundings | undefined): Promise<Source> {
  const kind = kinds[from];
  const parts = (await Promise.all(paths.map((path) => sort(from, kind, path)))).flat();
  const settings = await Promise.all(parts.filter(({ part }) => part === 'settings').map(({ path }) => kind.settings(path)));
  if (settings.length > 1) throw new SourceUnusable('several configurations are given: name one');
  const dumps = parts.filter(({ part }) => part === 'registrations');
  const opening = dumps.map(({ path }) => kind.registrations?.(path, surroundings)).filter((one) => one !== undefined);
  return { settings: settings[0], registrations: await Promise.all(opening) };
}

async function sort(from: AppServer, kind: Kind, path: string): Promise<{ readonly part: Part; readonly path: string }[]> {
  const found = path === '-' ? undefined : await stat(path).catch(() => undefined);
  if (path !== '-' && found === undefined) throw new SourceUnusable(`${path}: there is no such file or folder`);
  if (found?.isDirectory() === true) {
    if (kind.isFolder) return [{ part: 'registrations', path }];
    const inside = (await readdir(path)).map((file) => join(path, file)).map((file) => ({ part: kind.partOf(file), path: file }));
    const known = inside.filter((one): one is { part: Part; path: string } => one.part !== undefined);
    if (known.length > 0) return known;
    throw new SourceUnusable(`${path}: holds nothing of ${from}: expected ${kind.expects}`);
  }
  const part = kind.partOf(path);
  if (part === undefined) throw new SourceUnusable(`${basename(path)}: is nothing of ${from}: expected ${kind.expects}`);
  return [{ part, path }];
}
