import { array, constantFrom, nat, oneof, record, constant, uint8Array, type Arbitrary } from 'fast-check';

/** One thing done to bytes. Places are millionths of the length, so that they mean something whatever they are done to. */
export type Damage =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'drop'; readonly at: number; readonly length: number }
  | { readonly kind: 'copy'; readonly at: number; readonly length: number }
  /** `bytes` in base64, `times` over. */
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: string; readonly times: number };

const whole = 1_000_000;
const longestInsert = 200_000;
const at = nat(whole);
const length = nat(300);

/** Up to four things that happen to a file on its way. */
export const damages: Arbitrary<readonly Damage[]> = array(
  oneof(
    record({ kind: constant('flip' as const), at, bit: nat(7) }),
    record({ kind: constant('cut' as const), at }),
    record({ kind: constant('drop' as const), at, length }),
    record({ kind: constant('copy' as const), at, length }),
    record({
      kind: constant('insert' as const),
      at,
      bytes: uint8Array({ maxLength: 12 }).map(toBase64),
      times: constantFrom(1, 1, 1, 3, 500),
    }),
  ),
  { maxLength: 4 },
);

/** The bytes after all of it, one after the other. */
export function damage(bytes: Buffer, done: readonly Damage[]): Buffer {
  return done.reduce(damageOnce, bytes);
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function damageOnce(bytes: Buffer, done: Damage): Buffer {
  const place = Math.floor((done.at / whole) * bytes.length);
  const [before, behind] = [bytes.subarray(0, place), bytes.subarray(place)];
  switch (done.kind) {
    case 'flip':
      return flip(bytes, place, done.bit);
    case 'cut':
      return before;
    case 'drop':
      return Buffer.concat([before, behind.subarray(done.length)]);
    case 'copy':
      return Buffer.concat([before, behind.subarray(0, done.length), behind]);
    case 'insert':
      return Buffer.concat([before, repeat(Buffer.from(done.bytes, 'base64'), done.times), behind]);
    default:
      return done satisfies never;
  }
}

function flip(bytes: Buffer, place: number, bit: number): Buffer {
  const flipped = Buffer.from(bytes);
  const byte = flipped[place];
  if (byte !== undefined) flipped[place] = byte ^ (1 << bit);
  return flipped;
}

function repeat(bytes: Buffer, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => bytes)).subarray(0, longestInsert);
}
