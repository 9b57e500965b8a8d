import type { FoundSettings, FoundValue, JoinedFiles } from './settings.ts';

/** Where secrets go: into files of that folder, as the configuration names it, or nowhere, and then variables are to hold them. */
export type SecretPlace = { readonly folder: string } | 'environment';

/** A file that the configuration refers to and that is to be made. */
export interface SecretFile {
  readonly name: string;
  readonly content: { readonly text: string } | { readonly join: readonly string[] };
}

export interface BuiltToml {
  readonly text: string;
  readonly files: readonly SecretFile[];
}

/** The configuration as a text, which holds no secret itself. */
export function buildToml(settings: FoundSettings, place: SecretPlace): BuiltToml {
  const files: SecretFile[] = [];
  const write = (value: FoundValue): string => writeValue(value, place, files);
  const { component, providers, dialects } = settings;
  const lines = [
    `# Made by reveille import from ${oneLine(settings.from)}. Try it with: reveille check --config FILE`,
    '',
    '[component]',
    component.jid === undefined
      ? `#jid = "push.example.org"        # to be filled in: the same address as before`
      : `jid = ${quote(component.jid)}`,
    ...(component.server === undefined ? [] : [`server = ${quote(component.server)}`]),
    `secret = ${write(component.secret)}`,
    ...(component.admins === undefined || component.admins.length === 0 ? [] : [`admins = [${component.admins.map(quote).join(', ')}]`]),
    ...providers.flatMap(({ id, use, options }) => [
      '',
      `[providers.${quote(id)}]`,
      `use = ${quote(use)}`,
      ...writeOptions(options, write),
    ]),
    ...(Object.keys(dialects).length === 0 ? [] : ['', '[dialects]', ...writeOptions(dialects, write)]),
    ...(settings.remarks.length === 0 ? [] : ['', '# Not taken:', ...settings.remarks.map((remark) => `# - ${oneLine(remark)}`)]),
    '',
  ];
  return { text: lines.join('\n'), files };
}

function writeOptions(options: Readonly<Record<string, FoundValue | undefined>>, write: (value: FoundValue) => string): string[] {
  return Object.entries(options).flatMap(([key, value]) => (value === undefined ? [] : [`${writeKey(key)} = ${write(value)}`]));
}

function writeValue(value: FoundValue, place: SecretPlace, files: SecretFile[]): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object') return String(value);
  if ('table' in value) {
    const entries = writeOptions(value.table, (one) => writeValue(one, place, files));
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  if ('join' in value) return writeJoined(value, place, files);
  if (place === 'environment' || value.secret === undefined) return `{ env = ${quote(value.env)} }`;
  files.push({ name: value.file, content: { text: value.secret } });
  return `{ file = ${quote(`${place.folder}/${value.file}`)} }`;
}

function writeJoined({ join, file }: JoinedFiles, place: SecretPlace, files: SecretFile[]): string {
  if (place === 'environment') return `${quote(file)}   # make it of ${join.map(oneLine).join(' and ')}: cat both into it`;
  files.push({ name: file, content: { join } });
  return quote(`${place.folder}/${file}`);
}

function writeKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quote(key);
}

/** https://toml.io/en/v1.0.0#string: a basic string is a JSON string, but for U+007F. */
export function quote(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll('\u007f', '\\u007f');
}

function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]+/g, ' ');
}
