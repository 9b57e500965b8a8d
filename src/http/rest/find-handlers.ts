import { readdirSync, statSync } from 'node:fs';
import { extname, join, sep } from 'node:path';

/** A link that leads back to its own folder ends here. */
const deepest = 8;
const extensions = ['.ts', '.js', '.mjs'];
/** What needs no escaping in a path. */
const segment = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

export interface HandlerFile {
  readonly file: string;
  /** `/rest/` and the path of the file without its extension. */
  readonly route: string;
}

/**
 * The handlers below a folder, in alphabetical order. Names that begin with a dot or an underscore are no routes, nor are
 * declarations and files of other kinds. Throws an AggregateError of every name that can't be a route or is there twice.
 */
export function findHandlers(folder: string): readonly HandlerFile[] {
  const found = new Map<string, HandlerFile>();
  const errors: Error[] = [];
  for (const path of listFiles(folder)) {
    const handler = { file: join(folder, path), route: buildRoute(path) };
    const other = found.get(handler.route);
    if (
      !handler.route
        .split('/')
        .slice(1)
        .every((part) => segment.test(part))
    )
      errors.push(new Error(`${handler.file}: a route has letters, digits, "-" and "_"; begin other files with "_"`));
    else if (other !== undefined) errors.push(new Error(`${handler.file}: ${other.file} is the same route, ${handler.route}`));
    else found.set(handler.route, handler);
  }
  if (errors.length > 0) throw new AggregateError(errors);
  return [...found.values()];
}

function buildRoute(path: string): string {
  return `/rest/${path.slice(0, -extname(path).length).split(sep).join('/')}`;
}

function listFiles(folder: string, inside = '', depth = 1): string[] {
  if (depth > deepest) throw new Error(`${join(folder, inside)}: folders of handlers go ${deepest} deep at most`);
  const names = readdirSync(join(folder, inside)).filter((name) => !/^[._]/.test(name));
  return names.toSorted().flatMap((name) => {
    const path = join(inside, name);
    const stats = statSync(join(folder, path));
    if (stats.isDirectory()) return listFiles(folder, path, depth + 1);
    return stats.isFile() && extensions.includes(extname(name)) && !name.endsWith('.d.ts') ? [path] : [];
  });
}
