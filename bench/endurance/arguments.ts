import { parseArgs } from 'node:util';

/** Undefined where an argument is none of these, or a number is not above 0. */
export function readArguments(args: readonly string[], names: readonly string[]): Readonly<Record<string, string>> | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
    });
    return Object.fromEntries(Object.entries(values).map(([name, text]) => [name, String(text)]));
  } catch {
    return undefined; // an argument that is none of ours
  }
}

/** The default where it is absent; undefined where it is no number above 0. */
export function readNumber(text: string | undefined, otherwise: number): number | undefined {
  const number = text === undefined ? otherwise : Number(text);
  return number > 0 && Number.isFinite(number) ? number : undefined;
}
