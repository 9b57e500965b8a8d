import { parseArgs } from 'node:util';
import { nearestKey } from '../../config/mistakes/nearest-key.ts';
import { type AppServer, appServers } from '../../importing/open-source.ts';
import { parseOptions } from '../line/arguments.ts';
import { UsageError } from '../line/usage-error.ts';

export interface ImportOptions {
  readonly from: AppServer;
  readonly sources: readonly string[];
  /** Undefined where only a configuration is to be written. */
  readonly config: string | undefined;
  /** A path, or `-` for standard output. */
  readonly writeConfig: string | undefined;
  readonly isDry: boolean;
}

const known = {
  from: { type: 'string' },
  config: { type: 'string' },
  'write-config': { type: 'string' },
  'dry-run': { type: 'boolean' },
} as const;

/** The command line of `reveille import`. Throws a UsageError where it is not understood. */
export function parseImportOptions(args: readonly string[]): ImportOptions {
  const { sources, rest } = takeSources(args);
  const values = parseOptions(rest, known);
  const from = appServers.find((name) => name === values.from);
  if (values.from === undefined) throw new UsageError(`--from is missing, expected ${appServers.join(', ')}`);
  if (from === undefined) throw new UsageError(explainUnknown(values.from));
  if (sources.length === 0) throw new UsageError('SOURCE is missing: the files that the other app server keeps');
  const config = textOf(values.config, 'config');
  const writeConfig = textOf(values['write-config'], 'write-config');
  if (config === undefined && writeConfig === undefined)
    throw new UsageError('--config FILE is missing, or --write-config FILE to make one');
  return { from, sources, config, writeConfig, isDry: values['dry-run'] === true };
}

/** Values of options are no sources: `--from p2 dump.sql`. */
function takeSources(args: readonly string[]): { readonly sources: readonly string[]; readonly rest: readonly string[] } {
  const { tokens } = parseArgs({ args: [...args], options: known, strict: false, tokens: true });
  const sources = new Map(tokens.flatMap((token) => (token.kind === 'positional' ? [[token.index, token.value] as const] : [])));
  return { sources: [...sources.values()], rest: args.filter((argument, index) => !sources.has(index) && argument !== '--') };
}

function explainUnknown(from: string): string {
  const nearest = nearestKey(from, appServers);
  return `unknown app server ${from}, ${nearest === undefined ? `expected ${appServers.join(', ')}` : `did you mean ${nearest}?`}`;
}

function textOf(value: string | undefined, name: string): string | undefined {
  if (value === '') throw new UsageError(`--${name} FILE is missing`);
  return value;
}
