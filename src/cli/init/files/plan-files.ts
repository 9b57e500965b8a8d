import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Answers } from '../answers.ts';
import { buildConfiguration, componentSecret } from './configuration.ts';
import { buildSnippet } from './snippet.ts';
import type { NewFile } from './write-files.ts';

type ServerSide = Pick<Answers, 'server' | 'jid' | 'secret'>;

/** Where everything is to be, by the path of the configuration. */
export interface Places {
  readonly config: string;
  readonly folder: string;
  /** The folder of secrets, as the configuration names it. */
  readonly secrets: string;
  /** The folder of the database, likewise. */
  readonly data: string;
  readonly snippet: (server: Answers['server']) => string;
}

export function placeFiles(config: string): Places {
  const path = resolve(config);
  const name = basename(path).replace(/\.toml$/, '');
  const folder = dirname(path);
  return {
    config: path,
    folder,
    secrets: `${name}.secrets`,
    data: placeData(folder),
    snippet: ({ kind }) => join(folder, `${name}.${kind.file}`),
  };
}

/** No service writes into /etc. */
function placeData(folder: string): string {
  return folder === '/etc' || folder.startsWith('/etc/') ? '/var/lib/reveille/data' : 'data';
}

/** What the server is told; and the secret in it for another call, where no configuration is there yet that uses another one. */
export function planServerSide(places: Places, side: ServerSide): readonly NewFile[] {
  const secret = { path: join(places.folder, places.secrets, componentSecret), text: side.secret };
  return [...(existsSync(places.config) ? [] : [secret]), { path: places.snippet(side.server), text: buildSnippet(side) }];
}

/** All of it; the configuration last, so that it is there only with what it refers to. */
export function planFiles(places: Places, answers: Answers): readonly NewFile[] {
  const { text, secrets } = buildConfiguration(answers, places.secrets, places.data);
  return [
    ...secrets.map((secret) => ({ path: join(places.folder, places.secrets, secret.name), text: secret.text })),
    { path: places.snippet(answers.server), text: buildSnippet(answers) },
    { path: places.config, text },
  ];
}

/** The secret of an earlier try, or of the configuration that is to be replaced; undefined without one. */
export function readKeptSecret(places: Places): string | undefined {
  try {
    return readFileSync(join(places.folder, places.secrets, componentSecret), 'utf8').trim() || undefined;
  } catch {
    return undefined; // there is none, or it is somebody else's
  }
}
