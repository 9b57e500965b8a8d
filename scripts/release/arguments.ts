import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { steps } from './steps.ts';

/** What the command line asks for. */
export interface Wish {
  /** Of steps; none means the whole release. */
  readonly names: readonly string[];
  readonly platform: string | undefined;
  readonly folder: string;
  readonly level: number;
  /** Where to put the unpacked tree of one platform, and nothing else. */
  readonly tree: string | undefined;
}

const defaultLevel = 6;

/** Throws an Error that says what was expected. */
export function parseArguments(args: readonly string[], root: string): Wish {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      platform: { type: 'string' },
      to: { type: 'string', default: join(root, 'release') },
      level: { type: 'string', default: String(defaultLevel) },
    },
  });
  const [first] = positionals;
  const known = steps.map(({ name }) => name);
  const wrong = first === 'tree' ? positionals[1] : positionals.find((name) => !known.includes(name));
  if (wrong !== undefined) throw new Error(`no step is called ${wrong}: expected none (for all), tree, or some of ${known.join(', ')}`);
  if (!/^[0-9]$/.test(values.level)) throw new Error(`--level ${values.level}: expected 0 to 9, as xz takes it`);
  const folder = resolve(values.to);
  return {
    names: first === 'tree' ? [] : positionals,
    platform: values.platform,
    folder,
    level: Number(values.level),
    tree: first === 'tree' ? folder : undefined,
  };
}
