import { array, constant, constantFrom, nat, oneof, record, string, uint8Array, type Arbitrary } from 'fast-check';
import { damages, toBase64, type Damage } from '../damage.ts';
import { keys, tables } from './keys.ts';
import { values } from './values.ts';

/** A configuration file: lines of TOML, what happens to them as text, and what happens to the bytes. */
export interface ConfigurationInput {
  /** The example of the repository with every key active, the smallest that is sound, or nothing. */
  readonly base: 'example' | 'smallest' | 'nothing';
  /** Added at the end of their tables; a line of the base with the same key gives way. */
  readonly lines: readonly Line[];
  readonly dress: 'plain' | 'bom' | 'crlf' | 'cr' | 'utf16' | 'doubled';
  readonly damages: readonly Damage[];
  /** Bytes that stand alone for the whole file, in base64. */
  readonly bytes?: string | undefined;
  /** Values, tables or dotted keys so many levels deep. */
  readonly deep?: { readonly kind: 'list' | 'table' | 'dotted' | 'header' | 'list-of-tables'; readonly levels: number } | undefined;
  /** So many further keys. */
  readonly many?: number | undefined;
}

export interface Line {
  readonly table: string;
  readonly key: string;
  readonly value: string;
}

const line: Arbitrary<Line> = record({
  table: constantFrom(...tables),
  key: oneof(
    { arbitrary: constantFrom(...keys), weight: 6 },
    {
      arbitrary: oneof(string({ maxLength: 12 }), constantFrom('__proto__', 'constructor', 'toString', '')).map((text) =>
        JSON.stringify(text),
      ),
      weight: 1,
    },
  ),
  value: values,
});

export const inputs: Arbitrary<ConfigurationInput> = record({
  base: constantFrom('example', 'smallest', 'smallest', 'nothing'),
  lines: array(line, { maxLength: 5 }),
  dress: oneof(
    { arbitrary: constant('plain' as const), weight: 4 },
    { arbitrary: constantFrom('bom', 'crlf', 'cr', 'utf16', 'doubled'), weight: 1 },
  ),
  damages: oneof({ arbitrary: constant([]), weight: 2 }, { arbitrary: damages, weight: 1 }),
  bytes: seldom(30, uint8Array({ maxLength: 300 }).map(toBase64)),
  deep: seldom(
    20,
    record({
      kind: constantFrom('list', 'table', 'dotted', 'header', 'list-of-tables'),
      levels: oneof(nat(100), constantFrom(900, 1100, 5_000, 60_000)),
    }),
  ),
  many: seldom(60, constantFrom(1_000, 20_000)),
});

/** Absent but once in so many times. */
function seldom<T>(often: number, arbitrary: Arbitrary<T>): Arbitrary<T | undefined> {
  return oneof({ arbitrary, weight: 1 }, { arbitrary: constant(undefined), weight: often - 1 });
}
