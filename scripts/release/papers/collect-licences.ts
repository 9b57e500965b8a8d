import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeVersion } from '../platforms.ts';
import { licenceName, listPackages } from '../tree/packages.ts';
import { readManifest } from './manifest.ts';
import { parts } from './parts.ts';

const texts = join(import.meta.dirname, 'texts');
const rule = '='.repeat(100);

/** THIRD-PARTY-LICENCES: the full text for each npm package in `modules`, for Node and all in it, for PostgreSQL and its libraries. */
export async function collectLicences(modules: string, nodeLicences: string): Promise<string> {
  const packages = await listPackages(modules);
  const chapters = await Promise.all(packages.map((path) => describePackage(join(modules, path))));
  const libraries = await Promise.all(
    parts.map(async ({ name, licence, text }) =>
      chapter(`${name} (in the embedded PostgreSQL)`, licence, await readFile(join(texts, text), 'utf8')),
    ),
  );
  return [head, ...libraries, chapter(`Node.js ${nodeVersion} and what it is made of`, 'MIT and others', nodeLicences), ...chapters].join(
    '\n',
  );
}

const head = `Reveille is under the MIT licence (see LICENSE). It comes with the parts below, each under its own licence.
`;

async function describePackage(folder: string): Promise<string> {
  const { name, version, license } = await readManifest(folder);
  const files = (await readdir(folder)).filter((file) => licenceName.test(file)).sort();
  const own = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return chapter(`${name} ${version}`, license, own.length > 0 ? own.join('\n') : await standardText(name, license));
}

/** For packages that name their licence and come without its text. */
async function standardText(name: string, license: string): Promise<string> {
  const file = { MIT: 'mit.txt', ISC: 'isc.txt' }[license];
  if (file !== undefined) return readFile(join(texts, file), 'utf8');
  throw new Error(`the npm package ${name} comes without the text of its licence (${license}): put it into scripts/release/papers/texts`);
}

function chapter(title: string, licence: string, text: string): string {
  return `${rule}\n${title}\nLicence: ${licence}\n${rule}\n\n${text.replaceAll('\r\n', '\n').trim()}\n`;
}
