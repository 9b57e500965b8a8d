import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Writes the text into a page of the documentation, between the marks that name the script. Throws where there are none. */
export function fillPage(page: string, script: string, text: string): void {
  const file = join(root, page);
  const old = readFileSync(file, 'utf8');
  const marks = new RegExp(`(<!-- made by npm run ${script} -->\n)[^]*?(<!-- end -->)`);
  if (!marks.test(old)) throw new Error(`${page} has no place for what npm run ${script} makes`);
  writeFileSync(
    file,
    old.replace(marks, (_, start: string, end: string) => `${start}\n${text}\n\n${end}`),
  );
}
