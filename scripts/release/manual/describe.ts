import { join } from 'node:path';
import { type Command, commands } from '../../../src/cli/commands.ts';
import { describeUsage, helpRow } from '../../../src/cli/usage.ts';
import { runTool } from '../run-tool.ts';

/** A command as manual and completions show it. */
export interface Described {
  readonly name: string;
  readonly summary: string;
  /** What follows the name in the usage line; undefined where the command explains itself in `text`. */
  readonly usage: string | undefined;
  /** What the command says to --help, where it writes that itself. */
  readonly text: string | undefined;
  /** Words that may follow at once, such as list, count and remove. */
  readonly verbs: readonly string[];
  readonly options: readonly Option[];
}

export interface Option {
  /** With its dashes. */
  readonly flag: string;
  /** The word for its value, such as FILE; empty where it takes none. */
  readonly value: string;
  readonly meaning: string;
}

const help: Option = { flag: helpRow[0], value: '', meaning: helpRow[1] };
const fileLike = new Set(['FILE', 'PATH', 'FOLDER', 'SOURCE']);

export function takesFile({ value }: Option): boolean {
  return fileLike.has(value);
}

/** Every command, from the same list that `--help` is made of; one that writes its help itself is asked for it. */
export async function describeCommands(root: string): Promise<readonly Described[]> {
  return Promise.all(commands.map((command) => explain(root, command)));
}

async function explain(root: string, command: Command): Promise<Described> {
  return command.options === undefined ? ask(root, command) : describe(command, command.options);
}

function describe(command: Command, rows: NonNullable<Command['options']>): Described {
  const { name, summary } = command;
  const usage = describeUsage(command);
  const options = rows.map(([flag, meaning]) => ({ ...splitFlag(flag), meaning }));
  const [, verbs = ''] = /^\(([\w| ]+)\)/.exec(usage) ?? [];
  return {
    name,
    summary,
    usage,
    text: undefined,
    verbs: verbs.split(/[ |]+/).filter((verb) => verb !== ''),
    options: [...options, help],
  };
}

async function ask(root: string, { name, summary }: Command): Promise<Described> {
  const text = await runTool(process.execPath, [join(root, 'src/main.ts'), name, '--help']);
  const rows = text.matchAll(/^ +(--[\w-]+)(?: ([A-Z][\w:|-]*))?(?: {2,}(\S.*)|\n {8,}(\S.*))?$/gm);
  const options = [...rows].map(([, flag = '', value = '', beside, below]) => ({ flag, value, meaning: beside ?? below ?? '' }));
  const known = options.some(({ flag }) => flag === help.flag) ? options : [...options, help];
  return { name, summary, usage: undefined, text, verbs: [], options: known };
}

function splitFlag(text: string): Omit<Option, 'meaning'> {
  const [flag = '', ...value] = text.split(' ');
  return { flag, value: value.join(' ') };
}
