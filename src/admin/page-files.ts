import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';

/** A file of the page as it is sent. */
export interface PageFile {
  readonly bytes: Buffer;
  readonly type: string;
  readonly etag: string;
}

const folder = join(import.meta.dirname, 'page');
/** Made by others and shipped as they are. */
const charts = ['uPlot.iife.min.js', 'uPlot.min.css'];

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
};

/** By path: the page is `/`, what it needs is below `/assets`. There are no others, whatever a path says. */
export function loadPageFiles(): ReadonlyMap<string, PageFile> {
  const own = existsSync(folder) ? readdirSync(folder).filter((name) => types[extname(name)] !== undefined) : [];
  const library = dirname(createRequire(import.meta.url).resolve('uplot/package.json'));
  const paths = [...own.map((name) => join(folder, name)), ...charts.map((name) => join(library, 'dist', name))];
  return new Map(paths.map((path) => [routeOf(path), load(path)]));
}

function routeOf(path: string): string {
  const name = path.slice(dirname(path).length + 1);
  return name === 'index.html' ? '/' : `/assets/${name}`;
}

function load(path: string): PageFile {
  const bytes = readFileSync(path);
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  return { bytes, type: types[extname(path)] ?? 'application/octet-stream', etag };
}
