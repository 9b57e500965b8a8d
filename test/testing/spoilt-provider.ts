import { pathToFileURL } from 'node:url';
import type { ProviderExports } from '../../src/index.ts';
import { testProvider, type ProviderUnderTest } from '../../src/testing/index.ts';
import { defects } from './defects/index.ts';

// A test file for kit-notices.test.ts: the provider of the documentation (in the folder EXAMPLE), spoilt by each of DEFECTS, a list in JSON.

const limitMs = 5_000;
/** The provider sends by fetch(), which would open a connection for each of the thousand pushes of a rule, in each of all the spoilt ones. */
const connections = 50;

const { DEFECTS: list = '[]', EXAMPLE: folder = '' } = process.env;
const load = (file: string): Promise<unknown> => import(pathToFileURL(`${folder}/${file}`).href);
const good = (await load('index.js')) as ProviderExports;
const { openScene } = (await load('service.js')) as Pick<ProviderUnderTest, 'openScene'>;

await limitConnections();
for (const name of JSON.parse(list) as string[]) {
  const defect = defects[name];
  if (defect === undefined) throw new Error(`no defect is named ${name}`);
  testProvider({
    name,
    provider: { default: defect.spoil(good.default), ...(defect.options === undefined ? {} : { options: defect.options }) },
    openScene,
    badOptions: [
      ['an unknown key', { colour: 'red' }, /colour/],
      ['a url that is none', { url: 'push' }, /url/],
      ['two mistakes, both told', { url: undefined, key: undefined }, [/url/, /key/]],
    ],
    limitMs,
  });
}

/** Node's fetch() is undici, whose agent is known by this symbol once it was called; where it is not, there are as many as ever. */
async function limitConnections(): Promise<void> {
  await fetch('data:,');
  const known = globalThis as unknown as Record<symbol, { readonly constructor: unknown } | undefined>;
  const symbol = Symbol.for('undici.globalDispatcher.1');
  const Agent = known[symbol]?.constructor as (new (options: { readonly connections: number }) => object) | undefined;
  if (Agent !== undefined) known[symbol] = new Agent({ connections });
}
