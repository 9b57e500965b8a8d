// Room: the status page's files, as a browser gets them. In: nothing. Out: paths, types, contents. May enter: admin.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A file of the page as it is sent. */
export interface PageFile {
  readonly bytes: Buffer;
  /** The same for browsers that take it. */
  readonly gzip: Buffer;
  readonly type: string;
  readonly etag: string;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const scripts = [
  'api',
  'certificate',
  'charts',
  'confirm',
  'devices',
  'doctor',
  'live',
  'login',
  'main',
  'marks',
  'overview',
  'pushes',
  'verdict',
  'words',
];

/** By path: the page is `/`, what it needs is below `/assets`. There are no others. Throws where one is missing, as in a broken installation. */
export function loadPageFiles(): ReadonlyMap<string, PageFile> {
  const own = (path: string): string => join(import.meta.dirname, path);
  const { resolve } = createRequire(import.meta.url);
  return new Map([
    load('/', own('index.html')),
    ...['style.css', 'icon.svg'].map((name) => load(`/assets/${name}`, own(name))),
    ...scripts.map((name) => load(`/assets/${name}.js`, own(`script/${name}.js`))),
    // What Node gets under this name is made for servers; the one for browsers is beside that folder, under no name of its own.
    load('/assets/lit-html.js', join(resolve('lit-html'), '../../lit-html.js')),
    load('/assets/uPlot.js', resolve('uplot/dist/uPlot.iife.min.js')),
    load('/assets/uPlot.css', resolve('uplot/dist/uPlot.min.css')),
  ]);
}

function load(path: string, file: string): [path: string, file: PageFile] {
  const bytes = readFileSync(file);
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  return [path, { bytes, gzip: gzipSync(bytes), type: types[extname(file)] ?? 'application/octet-stream', etag }];
}
