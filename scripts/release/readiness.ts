import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findSection, parseChangelog } from './changelog.ts';
import { readVersion } from './source.ts';
import { runTool } from './run-tool.ts';

/** What a release is judged by. */
export interface State {
  readonly version: string;
  /** As package-lock.json has it. */
  readonly lockedVersion: string;
  readonly changelog: string;
  /** What `git status --porcelain` prints. */
  readonly changes: string;
  /** The commit that the version's tag names; empty where there is no such tag. */
  readonly tagged: string;
  readonly commit: string;
}

const shownChanges = 5;
/** The commit, whether the tag is an object of its own or not. */
const ofTag = '%(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)';

/** Every reason against a release, with what to do; none where it may be made. */
export function findObstacles({ version, lockedVersion, changelog, changes, tagged, commit }: State): readonly string[] {
  const sections = parseChangelog(changelog);
  const section = findSection(changelog, version);
  const changed = changes.split('\n').flatMap((line) => (line === '' ? [] : line.slice('XY '.length)));
  const more = changed.length > shownChanges ? ` and ${changed.length - shownChanges} more` : '';
  return [
    ...told(!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version), `package.json: version ${version} is not like 1.2.3`),
    ...told(lockedVersion !== version, `package-lock.json: has version ${lockedVersion}, package.json ${version}: run npm install`),
    ...told(section === undefined, `CHANGELOG.md: no section for ${version}: expected ## ${version} (YYYY-MM-DD)`),
    ...told(section !== undefined && section.text === '', `CHANGELOG.md: the section for ${version} is empty`),
    ...told(
      section !== undefined && !/^\d{4}-\d\d-\d\d$/.test(section.date),
      `CHANGELOG.md: the section for ${version} says (${section?.date ?? ''}): put the day there, as YYYY-MM-DD`,
    ),
    ...told(
      section !== undefined && sections[0] !== section && sections[0]?.title !== version,
      `CHANGELOG.md: ${sections[0]?.title ?? ''} stands above ${version}: give it a version, and package.json the same`,
    ),
    ...told(
      changed.length > 0,
      `the checkout has changes that are in no commit: ${changed.slice(0, shownChanges).join(', ')}${more}: commit them or put them away`,
    ),
    ...told(tagged !== '' && tagged !== commit, `v${version} was released from another commit (${tagged.slice(0, 12)}): raise the version`),
  ];
}

function told(applies: boolean, obstacle: string): readonly string[] {
  return applies ? [obstacle] : [];
}

export async function readState(root: string): Promise<State> {
  const version = await readVersion(root);
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as { readonly version?: unknown };
  const ask = (...args: string[]): Promise<string> => runTool('git', args, root);
  return {
    version,
    lockedVersion: String(lock.version),
    changelog: await readFile(join(root, 'CHANGELOG.md'), 'utf8'),
    changes: await ask('status', '--porcelain'),
    // Where there is no such tag git prints nothing.
    tagged: (await ask('for-each-ref', `--format=${ofTag}`, `refs/tags/v${version}`)).trim(),
    commit: (await ask('rev-parse', 'HEAD')).trim(),
  };
}
