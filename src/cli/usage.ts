import { type Command, commands } from './commands.ts';

type Row = readonly [left: string, right: string];

export const helpRow: Row = ['--help', 'shows this text'];

/** What `reveille --help` prints. */
export function describeProgram(): string {
  return [
    'Usage: reveille COMMAND [OPTIONS]',
    '',
    'An XMPP push component (XEP-0357): wakes phones beside any XMPP server.',
    '',
    'Commands:',
    ...alignRows(commands.map(({ name, summary }) => [name, summary])),
    '',
    'Options:',
    ...alignRows([helpRow, ['--version', 'shows the version; with --verbose those of schema, PostgreSQL and Node.js as well']]),
    '',
    'reveille COMMAND --help shows the options of a command.',
    '',
  ].join('\n');
}

/** What `reveille COMMAND --help` prints. */
export function describeCommand(command: Command): string {
  const { name, summary, options = [] } = command;
  return [
    `Usage: reveille ${name} ${describeUsage(command)}`,
    '',
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    '',
    'Options:',
    ...alignRows([...options, helpRow]),
    '',
  ].join('\n');
}

/** What follows the command's name in the usage line. */
export function describeUsage({ usage, options = [] }: Command): string {
  return usage ?? options.map(([flag]) => (flag.startsWith('--config') ? flag : `[${flag}]`)).join(' ');
}

function alignRows(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
