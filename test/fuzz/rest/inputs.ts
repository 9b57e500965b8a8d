import {
  array,
  constant,
  constantFrom,
  integer,
  jsonValue,
  nat,
  oneof,
  record,
  string,
  stringMatching,
  uint8Array,
  type Arbitrary,
} from 'fast-check';
import { damages, toBase64, type Damage } from '../damage.ts';
import { bodies, headerLines, methods, paths, rawRequests, rightPaths } from './shapes.ts';

/** A request, and what happens to its bytes on the way. */
export interface RestInput {
  readonly request: Request;
  readonly damages: readonly Damage[];
  /** The same bytes so many times on one connection. */
  readonly times: number;
  /** The bytes come in pieces of about this size. */
  readonly pieces?: number | undefined;
  /** Our side of the connection is not closed after the last byte, so that only the server's limits end it. */
  readonly isHeldOpen?: boolean | undefined;
}

export type Request =
  /** In base64; with it nothing else counts. */
  | { readonly kind: 'bytes'; readonly bytes: string }
  | {
      readonly kind: 'http';
      readonly method: string;
      readonly path: string;
      readonly headers: readonly string[];
      readonly body: Body;
      readonly framing: 'length' | 'chunked' | 'both' | 'none' | 'short' | 'long' | 'twice';
    };

/** `text` and `filled` as UTF-8; `filled` is `unit` so many times over; `device` is a request to unregister with one field replaced. */
export type Body =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: string }
  | { readonly kind: 'filled'; readonly unit: string; readonly times: number }
  | {
      readonly kind: 'device';
      readonly token: string;
      readonly field?: string | undefined;
      readonly value?: string | undefined;
    };

const fields = ['account', 'provider', 'device-token', '__proto__', 'length', 'toString', 'x'];
const json = jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value));

const body: Arbitrary<Body> = oneof(
  {
    arbitrary: record({
      kind: constant('device' as const),
      token: oneof(constantFrom('known', 'KNOWN', 'unknown'), string({ maxLength: 20 })),
      field: seldom(2, constantFrom(...fields)),
      value: oneof(json, constantFrom(...bodies)),
    }),
    weight: 6,
  },
  {
    arbitrary: record({ kind: constant('text' as const), text: oneof(json, constantFrom(...bodies), string({ unit: 'binary' })) }),
    weight: 4,
  },
  { arbitrary: record({ kind: constant('bytes' as const), bytes: uint8Array({ maxLength: 200 }).map(toBase64) }), weight: 1 },
  {
    arbitrary: record({
      kind: constant('filled' as const),
      unit: constantFrom('[', '{"a":', ' ', '\0', '{"account":"', '1', '"\\u0000'),
      times: oneof(nat(3000), constantFrom(8192, 8193, 100_000, 1_100_000)),
    }),
    weight: 1,
  },
);

const request: Arbitrary<Request> = oneof(
  {
    arbitrary: record({
      kind: constant('http' as const),
      method: oneof({ arbitrary: constant('POST'), weight: 2 }, { arbitrary: constantFrom(...methods), weight: 1 }),
      path: oneof(
        { arbitrary: constantFrom(...rightPaths), weight: 4 },
        { arbitrary: constantFrom(...paths), weight: 5 },
        { arbitrary: string({ maxLength: 30 }).map((text) => `/${text}`), weight: 1 },
      ),
      headers: array(
        oneof(
          constantFrom(...headerLines),
          record({ name: stringMatching(/^[a-z-]{1,12}$/), value: string({ maxLength: 40 }) }).map(
            ({ name, value }) => `${name}: ${value}`,
          ),
        ),
        {
          maxLength: 3,
        },
      ),
      body,
      framing: oneof(
        { arbitrary: constant('length' as const), weight: 6 },
        {
          arbitrary: constantFrom(
            'chunked' as const,
            'both' as const,
            'none' as const,
            'short' as const,
            'long' as const,
            'twice' as const,
          ),
          weight: 2,
        },
      ),
    }),
    weight: 12,
  },
  {
    arbitrary: record({
      kind: constant('bytes' as const),
      bytes: oneof(
        uint8Array({ maxLength: 300 }).map(toBase64),
        constantFrom(...rawRequests).map((text) => Buffer.from(text, 'latin1').toString('base64')),
      ),
    }),
    weight: 1,
  },
);

export const inputs: Arbitrary<RestInput> = record({
  request,
  damages: oneof({ arbitrary: constant([]), weight: 2 }, { arbitrary: damages, weight: 1 }),
  times: oneof({ arbitrary: constant(1), weight: 9 }, { arbitrary: integer({ min: 2, max: 20 }), weight: 1 }),
  pieces: seldom(10, constantFrom(1, 7, 1000)),
  isHeldOpen: seldom(300, constant(true)),
});

/** Absent but once in so many times. */
function seldom<T>(often: number, arbitrary: Arbitrary<T>): Arbitrary<T | undefined> {
  return oneof({ arbitrary, weight: 1 }, { arbitrary: constant(undefined), weight: often - 1 });
}
