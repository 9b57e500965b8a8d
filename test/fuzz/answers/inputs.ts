import { array, constant, constantFrom, integer, nat, oneof, record, string, uint8Array, type Arbitrary } from 'fast-check';
import { toBase64 } from '../damage.ts';
import { apnsBodies, fcmBodies, headers, tokenBodies, wildBodies } from './shapes.ts';

/** What a push service says to the first requests of a push; from then on it is as good as can be. */
export interface AnswersInput {
  readonly service: 'apns' | 'fcm';
  readonly answers: readonly Answer[];
  /** What Google's token endpoint says the first time; absent: a good access token. */
  readonly token?: Answer | undefined;
  /** Said as soon as the connection is there, before any request. */
  readonly greeting?: readonly DrawnFrame[] | undefined;
}

export type Answer =
  | {
      readonly kind: 'response';
      readonly status: string;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: Body;
      readonly end: 'data' | 'trailers' | 'rst' | 'silence' | 'twice';
      /** The code of `rst`. */
      readonly code?: number | undefined;
    }
  | { readonly kind: 'frames'; readonly frames: readonly DrawnFrame[] }
  | { readonly kind: 'silence' };

/** `$TOKEN`, `$ACCESS` and `$ASSERTION` in a text become those of the request; `filled` never ends where `times` is -1. */
export type Body =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: string }
  | { readonly kind: 'filled'; readonly unit: string; readonly times: number };

/** `bytes` in base64 are the payload, or, with type `raw`, everything. */
export interface DrawnFrame {
  readonly type: number | 'raw';
  readonly flags: number;
  readonly stream: 'request' | 'zero' | 'next' | 'even';
  readonly bytes: string;
  readonly times?: number | undefined;
}

const header: Arbitrary<readonly [string, string]> = oneof(
  { arbitrary: constantFrom(...headers), weight: 5 },
  {
    arbitrary: record({ name: string({ maxLength: 10 }), value: string({ maxLength: 40 }) }).map(
      ({ name, value }) => [name, value] as const,
    ),
    weight: 1,
  },
);

const status = oneof(
  { arbitrary: constantFrom('200', '400', '403', '410', '404', '429', '500', '503', '401', '413'), weight: 6 },
  { arbitrary: integer({ min: 100, max: 999 }).map(String), weight: 2 },
  { arbitrary: constantFrom('', '0', '00200', '-200', '2e2', '200 OK', '1000', '٢٠٠', '\0'), weight: 1 },
);

const response = (bodies: readonly string[]): Arbitrary<Answer> =>
  record({
    kind: constant('response' as const),
    status,
    headers: array(header, { maxLength: 3 }),
    body: oneof(
      { arbitrary: record({ kind: constant('text' as const), text: constantFrom(...bodies) }), weight: 8 },
      { arbitrary: record({ kind: constant('text' as const), text: constantFrom(...wildBodies) }), weight: 4 },
      { arbitrary: record({ kind: constant('bytes' as const), bytes: uint8Array({ maxLength: 100 }).map(toBase64) }), weight: 1 },
      {
        arbitrary: record({
          kind: constant('filled' as const),
          unit: constantFrom('[', ' ', '{"reason":', 'x', '\xff'),
          times: constantFrom(1000, 65_536, 70_000, 200_000),
        }),
        weight: 1,
      },
    ),
    end: oneof(
      { arbitrary: constant('data' as const), weight: 12 },
      { arbitrary: constantFrom('trailers' as const, 'rst' as const, 'twice' as const), weight: 3 },
    ),
    code: nat(15),
  });

const frame: Arbitrary<DrawnFrame> = record({
  type: oneof({ arbitrary: nat(11), weight: 6 }, { arbitrary: constantFrom('raw' as const, 255, 33), weight: 1 }),
  flags: oneof(constantFrom(0, 1, 4, 5, 255), nat(255)),
  stream: constantFrom('request', 'zero', 'zero', 'next', 'even'),
  bytes: oneof(
    constantFrom(
      '',
      'AAAAAAAAAAA=',
      'AAMAAAAA',
      'AAQAAAAA',
      'AAQAAP//',
      'AAH/////',
      'AAUAAAAB',
      'AAAAAAAAAAA=',
      'f////w==',
      'AAAAAA==',
      'AAAABw==',
      'AAAAAAAAAAB7InJlYXNvbiI6IlNodXRkb3duIn0=',
      'iA==',
      '/////////w==',
    ),
    uint8Array({ maxLength: 40 }).map(toBase64),
  ),
  times: oneof({ arbitrary: constant(1), weight: 8 }, { arbitrary: constantFrom(50, 3000), weight: 1 }),
});

const frames: Arbitrary<Answer> = record({ kind: constant('frames' as const), frames: array(frame, { minLength: 1, maxLength: 4 }) });
const silence: Arbitrary<Answer> = constant({ kind: 'silence' as const });
const endless: Arbitrary<Answer> = record({
  kind: constant('response' as const),
  status,
  headers: constant([]),
  body: record({
    kind: constant('filled' as const),
    unit: constantFrom('x', '{"reason":"Unregistered"}'),
    times: constantFrom(-1, 10_000_000),
  }),
  end: constantFrom('data' as const, 'silence' as const),
});

const answer = (bodies: readonly string[]): Arbitrary<Answer> =>
  oneof(
    { arbitrary: response(bodies), weight: 200 },
    { arbitrary: frames, weight: 8 },
    { arbitrary: silence, weight: 1 },
    { arbitrary: endless, weight: 1 },
  );

export const inputs: Arbitrary<AnswersInput> = oneof(
  {
    arbitrary: record({
      service: constant('apns' as const),
      answers: array(answer(apnsBodies), { minLength: 1, maxLength: 2 }),
      greeting: seldom(40, array(frame, { minLength: 1, maxLength: 3 })),
    }),
    weight: 1,
  },
  {
    arbitrary: record({
      service: constant('fcm' as const),
      answers: array(answer(fcmBodies), { minLength: 1, maxLength: 3 }),
      token: seldom(8, answer(tokenBodies)),
      greeting: seldom(60, array(frame, { minLength: 1, maxLength: 3 })),
    }),
    weight: 1,
  },
);

/** Absent but once in so many times. */
function seldom<T>(often: number, arbitrary: Arbitrary<T>): Arbitrary<T | undefined> {
  return oneof({ arbitrary, weight: 1 }, { arbitrary: constant(undefined), weight: often - 1 });
}
