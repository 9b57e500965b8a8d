/** A heading of CHANGELOG.md, `## 1.2.3 (2026-01-31)`, and what stands below it. */
export interface Section {
  readonly title: string;
  /** What stands in parentheses. */
  readonly date: string;
  readonly text: string;
}

/** In the order of the file. */
export function parseChangelog(changelog: string): readonly Section[] {
  const [, ...chunks] = changelog.split(/^## /m);
  return chunks.map((chunk) => {
    const [heading = '', ...lines] = chunk.split('\n');
    const [, title = heading, date = ''] = /^(.*?) *\((.*)\)$/.exec(heading) ?? [];
    return { title: title.trim(), date, text: lines.join('\n').trim() };
  });
}

export function findSection(changelog: string, version: string): Section | undefined {
  return parseChangelog(changelog).find(({ title }) => title === version);
}
