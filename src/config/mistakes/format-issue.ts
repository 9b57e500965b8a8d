// Room: mistakes in words: where, what was expected, what is near. In: issues of the schema. Out: lines without secrets. May enter:
// config.
import { isSecret, originsOf } from '../secrets/conceal.ts';
import type { Issue } from './issue.ts';
import { formatKeyPath, type KeyPath, valueAt } from './key-path.ts';
import { nearestKey } from './nearest-key.ts';
import { describeSecretLooks } from '../secrets/secret-looks.ts';
import { knownKeys } from './unknown-keys.ts';

/** The lines for one issue: key path, what was expected, what was found. Secret values are never part of a line. */
export function formatIssue(issue: Issue, root: unknown, base: KeyPath = []): string[] {
  if (issue.code === 'unrecognized_keys') return formatUnknownKeys(issue, base);
  const branch = issue.code === 'invalid_union' ? nearestBranch(issue) : undefined;
  if (branch !== undefined) return branch.flatMap((inner) => formatIssue(inner, root, base));
  const message = issue.code === 'invalid_union' ? joinBranches(issue) : issue.message;
  return [`${place(base, issue.path)}${message}${formatFound(issue, root)}`];
}

function formatUnknownKeys(issue: Issue, base: KeyPath): string[] {
  const known = knownKeys(issue.schema, issue.path);
  return (issue.keys ?? []).map((key) => {
    const nearest = nearestKey(key, known);
    const help = nearest === undefined ? `expected one of: ${known.join(', ')}` : `did you mean "${nearest}"?`;
    return `${place(base, [...issue.path, key])}unknown key${known.length === 0 ? '' : `, ${help}`}`;
  });
}

/** Of the alternatives of a union the one that fits best, where the type as such fits and only its inside is wrong. */
function nearestBranch(issue: Issue): readonly Issue[] | undefined {
  const inside = (issue.errors ?? []).filter((branch) =>
    branch.every((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
  );
  const best = inside.toSorted((one, other) => one.length - other.length)[0];
  return best?.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

function joinBranches(issue: Issue): string {
  const messages = (issue.errors ?? []).flat().map((inner) => inner.message);
  const [first, ...rest] = [...new Set(messages)];
  return first === undefined ? issue.message : [first, ...rest.map((message) => message.replace(/^expected /, ''))].join(' or ');
}

function formatFound(issue: Issue, root: unknown): string {
  const value = valueAt(root, issue.path);
  const isTable = typeof value === 'object' && value !== null && !(value instanceof Date);
  // A rule about a whole table speaks for itself; what was found there is the table.
  if (issue.path.length === 0 || issue.code === 'invalid_key' || (issue.code === 'custom' && (isTable || value === undefined))) return '';
  const parent = valueAt(root, issue.path.slice(0, -1));
  const key = String(issue.path.at(-1));
  return `, found ${describeFound(value, isHidden(issue.path, root), originsOf(parent)[key])}`;
}

/** An element of a list is hidden where its list is. */
function isHidden(path: KeyPath, root: unknown): boolean {
  return path.some((key, index) => isSecret(valueAt(root, path.slice(0, index)), String(key)));
}

function describeFound(value: unknown, isHiddenValue: boolean, origin: string | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date';
  if (typeof value === 'object') return 'a table';
  const kind = typeof value === 'string' ? describeSecretLooks(value) : undefined;
  if (isHiddenValue || kind !== undefined)
    return `${kind ?? `a ${typeof value}`}${origin === undefined ? '' : ` from ${origin}`} (not shown)`;
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? `a ${typeof value}` : shorten(text);
}

function shorten(text: string): string {
  return text.length <= maxShownCharacters ? text : `${text.slice(0, maxShownCharacters)}…`;
}

const maxShownCharacters = 80;

function place(base: KeyPath, path: KeyPath): string {
  const full = formatKeyPath([...base, ...path]);
  return full === '' ? '' : `${full}: `;
}
