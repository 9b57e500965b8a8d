import { findSection, type Section } from '../changelog.ts';

export interface Entry {
  /** The section of CHANGELOG.md. */
  readonly version: string;
  readonly debianVersion: string;
  readonly maintainer: string;
  readonly epochSeconds: number;
}

const width = 80;
const firstIndent = '  * ';
const nextIndent = '    ';

/** What CHANGELOG.md says of a version, as Debian's tools read it. */
export function buildDebianChangelog(changelog: string, { version, debianVersion, maintainer, epochSeconds }: Entry): string {
  const section = findSection(changelog, version);
  const items = section === undefined ? [] : listItems(section);
  const lines = (items.length === 0 ? ['What changed stands in CHANGELOG.md.'] : items).flatMap(wrapItem);
  const date = new Date(epochSeconds * 1000).toUTCString().replace('GMT', '+0000');
  return `reveille (${debianVersion}) unstable; urgency=medium\n\n${lines.join('\n')}\n\n -- ${maintainer}  ${date}\n`;
}

function listItems({ text }: Section): readonly string[] {
  const [, ...items] = `\n${text}`.split(/\n- /);
  return items.map((item) => item.split('\n\n', 1).join('').replaceAll(/\s+/g, ' ').trim());
}

function wrapItem(item: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of item.split(' ')) {
    if (line !== '' && nextIndent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((text, index) => `${index === 0 ? firstIndent : nextIndent}${text}`);
}
