import { fileURLToPath, pathToFileURL } from 'node:url';
import { findHandlers, type HandlerFile } from './find-handlers.ts';
import { longestBytes } from './read-body.ts';
import type { RestHandler } from './rest-handler.ts';
import { withLimit } from '../../base/limit.ts';

const importLimitMs = 10_000;
/** The same folder from the sources and from `dist/`; the built-in handlers come in like everybody's. */
const builtInFolder = fileURLToPath(new URL('../../../scripts/rest/', import.meta.url));

export interface LoadedHandler {
  readonly handle: RestHandler;
  readonly methods: readonly string[];
  /** Most bytes of a body; 8 KiB where absent. */
  readonly maxBytes?: number | undefined;
}

/** Handlers by route. */
export type Handlers = ReadonlyMap<string, LoadedHandler>;

/**
 * Loads the built-in handlers and those of `folder`, which come first where both have a route. Rejects with an
 * AggregateError whose messages name file and reason for every handler that can't be used.
 */
export async function loadHandlers(folder: string | undefined): Promise<Handlers> {
  const own = folder === undefined ? [] : findOwn(folder);
  const settled = await Promise.allSettled([...findHandlers(builtInFolder), ...own].map(loadHandler));
  const errors = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (errors.length > 0) throw new AggregateError(errors);
  return new Map(settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
}

function findOwn(folder: string): readonly HandlerFile[] {
  try {
    return findHandlers(folder);
  } catch (error) {
    const reasons: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
    const errors = reasons.map((reason) => new Error(`http.rest: ${explain(reason)}`, { cause: reason }));
    throw new AggregateError(errors, '', { cause: error });
  }
}

async function loadHandler({ file, route }: HandlerFile): Promise<readonly [string, LoadedHandler]> {
  try {
    const work = import(pathToFileURL(file).href) as Promise<Readonly<Record<string, unknown>>>;
    const {
      default: handle,
      methods = ['POST'],
      maxBytes = longestBytes,
    } = await withLimit(work, importLimitMs, 'it is not loaded within 10 s');
    if (typeof handle !== 'function') throw new Error('it has no default export that is a function');
    if (!isMethods(methods)) throw new Error('its "methods" are not a list of methods such as ["GET", "POST"]');
    if (!isSize(maxBytes)) throw new Error(`its "maxBytes" is not a number from 1 to ${longestBytes}`);
    return [route, { handle: handle as RestHandler, methods, maxBytes }];
  } catch (error) {
    throw new Error(`http.rest: ${file}: ${explain(error)}`, { cause: error });
  }
}

function isMethods(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((method) => typeof method === 'string' && /^[A-Z]+$/.test(method));
}

function isSize(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= longestBytes;
}

function explain(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, ' ');
}
