// Room: a command line becomes an exit code. In: arguments. Out: exit code, lines. May enter: main.
import { nearestKey } from '../config/mistakes/nearest-key.ts';
import { type Command, commands } from './commands.ts';
import { explainFailure } from './line/explain-failure.ts';
import { UsageError } from './line/usage-error.ts';
import { describeCommand, describeProgram } from './usage.ts';
import { readVersion } from './version.ts';

export interface Output {
  out(text: string): void;
  err(text: string): void;
}

/** Runs one command line. Settles with the exit code and never rejects: 0 done, 1 failed, 2 not understood. */
export async function run(args: readonly string[], output: Output): Promise<number> {
  const [name] = args;
  try {
    return await runCommand(args, output);
  } catch (error) {
    const { lines, exitCode } = explainFailure(error, commands.some((command) => command.name === name) ? name : undefined);
    for (const line of lines) output.err(`${line}\n`);
    return exitCode;
  }
}

async function runCommand([name, ...rest]: readonly string[], output: Output): Promise<number> {
  if (name === undefined) throw new UsageError('no command given');
  if (isHelp(name)) return print(output, describeProgram());
  if (name === '--version')
    return print(output, rest[0] === '--verbose' ? await (await import('./describe-version.ts')).describeVersion() : `${readVersion()}\n`);
  const command = findCommand(name);
  if (!rest.some(isHelp)) return command.run(rest);
  return command.options === undefined ? command.run(['--help']) : print(output, describeCommand(command));
}

function findCommand(name: string): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  if (name.startsWith('-')) throw new UsageError(`unknown option ${name}`);
  const names = commands.map((candidate) => candidate.name);
  const nearest = nearestKey(name, names);
  throw new UsageError(`unknown command ${name}, ${nearest === undefined ? `expected ${names.join(', ')}` : `did you mean ${nearest}?`}`);
}

function isHelp(argument: string): boolean {
  return argument === '--help' || argument === '-h';
}

function print(output: Output, text: string): number {
  output.out(text);
  return 0;
}
