import { pathToFileURL } from 'node:url';
import type { ProviderExports } from '../../src/index.ts';
import { testProvider, type ProviderUnderTest } from '../../src/testing/index.ts';
import { defects } from './defects/index.ts';

// A test file for kit-notices.test.ts: the provider of the documentation (in the folder EXAMPLE), spoilt by each of DEFECTS, a list in JSON.

const limitMs = 5_000;

const { DEFECTS: list = '[]', EXAMPLE: folder = '' } = process.env;
const load = (file: string): Promise<unknown> => import(pathToFileURL(`${folder}/${file}`).href);
const good = (await load('index.js')) as ProviderExports;
const { openScene } = (await load('service.js')) as Pick<ProviderUnderTest, 'openScene'>;

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
