// Room: options, usage errors and lines, as every command needs them. In: arguments. Out: options or UsageError. May enter: cli.
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { nearestKey } from '../../config/mistakes/nearest-key.ts';
import { UsageError } from './usage-error.ts';

type Values<T extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<{ args: string[]; options: T; strict: true }>>['values'];

/** The options of a command line without positional arguments. Throws a UsageError for anything else. */
export function parseOptions<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T): Values<T> {
  const known = new Set(Object.keys(options));
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'option' && !known.has(token.name)) throw new UsageError(explainUnknown(token.rawName, [...known]));
    if (token.kind === 'positional') throw new UsageError(`unexpected argument ${token.value}`);
  }
  try {
    return parseArgs({ args: joinDashed(args, options), options, strict: true }).values;
  } catch (error) {
    throw asUsageError(error) ?? error;
  }
}

/** The value of `--config`, the only option of most commands. Throws a UsageError without one. */
export function parseConfigOption(args: readonly string[]): string {
  const { config } = parseOptions(args, { config: { type: 'string' } });
  if (config === undefined || config === '') throw new UsageError('--config FILE is missing');
  return config;
}

/** What node:util's parseArgs throws, as a UsageError; undefined for any other error. */
export function asUsageError(error: unknown): UsageError | undefined {
  if (error instanceof UsageError) return error;
  if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_'))) return undefined;
  const [sentence = ''] = error.message.split(/\.\s|\n/);
  return new UsageError(sentence.replace(/\.$/, ''), { cause: error });
}

/**
 * Node names and tokens may begin with a dash, which the strict parser takes for a forgotten value. Only where a known option
 * follows is one forgotten.
 */
function joinDashed(args: readonly string[], options: ParseArgsOptionsConfig): string[] {
  const joined: string[] = [];
  for (const argument of args) {
    const before = joined.at(-1);
    const takesValue = before?.startsWith('--') === true && options[before.slice(2)]?.type === 'string';
    const isValue = argument.startsWith('-') && argument !== '--' && options[argument.replace(/^--|=.*/gs, '')] === undefined;
    if (takesValue && isValue) joined.splice(-1, 1, `${before}=${argument}`);
    else joined.push(argument);
  }
  return joined;
}

function explainUnknown(option: string, known: readonly string[]): string {
  const nearest = nearestKey(option.replace(/^-+/, ''), known);
  return `unknown option ${option}${nearest === undefined ? '' : `, did you mean --${nearest}?`}`;
}
