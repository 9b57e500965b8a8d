import type { Described, Option } from './describe.ts';

const description =
  'Reveille is an XMPP push component (XEP-0357 app server): beside an XMPP server it wakes phones through the push services of Apple, Google and others.';

const exitCodes: readonly (readonly [string, string])[] = [
  ['0', 'done'],
  ['1', 'failed; standard error says why'],
  ['2', 'the command line was not understood'],
];

/** The manual page reveille(1), in the man macros. */
export function buildManPage(commands: readonly Described[], version: string, epochSeconds: number): string {
  const date = new Date(epochSeconds * 1000).toISOString().slice(0, 10);
  return [
    `.TH REVEILLE 1 "${date}" "Reveille ${escape(version)}" "Reveille"`,
    // Left-aligned and without hyphens of its own, so that options can be copied from it.
    '.ad l',
    '.nh',
    '.SH NAME',
    'reveille \\- XMPP push component',
    '.SH SYNOPSIS',
    '.B reveille',
    '.I COMMAND',
    '.RI [ OPTIONS ]',
    '.br',
    '.B reveille \\-\\-help',
    '.br',
    '.B reveille \\-\\-version',
    '.SH DESCRIPTION',
    escape(description),
    '.SH COMMANDS',
    ...commands.flatMap(describeCommand),
    '.SH EXIT STATUS',
    ...exitCodes.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, escape(meaning)]),
    '.SH SEE ALSO',
    'The pages under docs and the samples under etc that came with the program.',
    '',
  ].join('\n');
}

function describeCommand({ name, summary, usage, text, options }: Described): string[] {
  const heading = [`.SS ${escape(name)}`];
  if (text !== undefined) return [...heading, sentence(summary), '.PP', '.nf', ...text.trimEnd().split('\n').map(escape), '.fi'];
  return [...heading, `.B reveille ${escape(name)}`, escape(usage ?? ''), '.PP', sentence(summary), ...options.flatMap(describeOption)];
}

function describeOption({ flag, value, meaning }: Option): string[] {
  const shown = value === '' ? `.B ${escape(flag)}` : `\\fB${escape(flag)}\\fR \\fI${escape(value)}\\fR`;
  return ['.TP', shown, escape(meaning)];
}

function sentence(text: string): string {
  return escape(`${text.charAt(0).toUpperCase()}${text.slice(1)}.`);
}

/** For a line of roff: https://man.openbsd.org/mandoc_char. */
function escape(text: string): string {
  const plain = text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^([.'])/g, '\\&$1');
  return plain.replaceAll(/[^\x00-\x7f]/gu, (letter) => `\\[u${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`);
}
