import type { Handlers, LoadedHandler } from './load-handlers.ts';

/** Paths that shipped apps call besides those below `/rest/`. */
const aliases: ReadonlyMap<string, string> = new Map([
  // COMPAT(Siskin before 2021-08, Snikket iOS): they know only this one.
  ['/unregister-device', '/rest/push/unregister-device'],
  // COMPAT(mod_push_appserver): where Prosody serves it.
  ...['register', 'unregister', 'push', 'health'].map((name) => [`/push_appserver/v1/${name}`, `/rest/push_appserver/v1/${name}`] as const),
]);

export interface Match {
  readonly route: string;
  readonly handler: LoadedHandler;
  readonly parameters: readonly string[];
}

/**
 * The handler with the longest route that begins this path. Names are compared as sent, only parameters are decoded; no
 * file is looked up, so a path can't lead anywhere. Undefined where nothing matches or a parameter can't be decoded.
 */
export function matchRoute(handlers: Handlers, path: string): Match | undefined {
  const segments = path.split('/');
  for (let length = segments.length; length > 1; length -= 1) {
    const prefix = segments.slice(0, length).join('/');
    const route = aliases.get(prefix) ?? prefix;
    const handler = handlers.get(route);
    const parameters = handler === undefined ? undefined : decodeAll(segments.slice(length));
    if (handler !== undefined) return parameters === undefined ? undefined : { route, handler, parameters };
  }
  return undefined;
}

function decodeAll(segments: readonly string[]): readonly string[] | undefined {
  try {
    return segments.map(decodeURIComponent);
  } catch {
    // A lone "%" or bytes that are not UTF-8.
    return undefined;
  }
}
