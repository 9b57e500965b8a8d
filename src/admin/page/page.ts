// Room: the status page's files, as a browser gets them. In: nothing. Out: names, types, contents. May enter: admin.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A file of the page, read once. */
export interface PageFile {
  /** For Content-Type. */
  readonly type: string;
  readonly body: Buffer;
  /** The same for browsers that take gzip. */
  readonly gzip: Buffer;
}

/** The page: its document, and what that asks for under `/assets/`. Nothing else can be asked for. */
export interface Page {
  readonly document: PageFile;
  readonly assets: ReadonlyMap<string, PageFile>;
}

const types = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
} as const;

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
] as const;

/** Reads every file; throws where one is missing, as in a broken installation. */
export function readPage(): Page {
  const own = (path: string): URL => new URL(path, import.meta.url);
  const { resolve } = createRequire(import.meta.url);
  const sources: readonly (readonly [name: string, path: string | URL])[] = [
    ['style.css', own('style.css')],
    ['icon.svg', own('icon.svg')],
    ...scripts.map((name) => [`${name}.js`, own(`script/${name}.js`)] as const),
    // What Node gets under this name is made for servers; the one for browsers is beside that folder, under no name of its own.
    ['lit-html.js', join(resolve('lit-html'), '../../lit-html.js')],
    ['uPlot.js', resolve('uplot/dist/uPlot.iife.min.js')],
    ['uPlot.css', resolve('uplot/dist/uPlot.min.css')],
  ];
  return {
    document: read('index.html', own('index.html')),
    assets: new Map(sources.map(([name, path]) => [name, read(name, path)])),
  };
}

function read(name: string, path: string | URL): PageFile {
  const body = readFileSync(path);
  const extension = name.slice(name.lastIndexOf('.') + 1) as keyof typeof types;
  return { type: types[extension], body, gzip: gzipSync(body) };
}
