import { constant, constantFrom, nat, oneof, record, type Arbitrary } from 'fast-check';
import { damage, damages, type Damage } from '../damage.ts';
import { baseNames, type BaseName, type Bases } from './bases.ts';
import { setRounds } from './rounds.ts';

export const ways = ['command', 'cert-file', 'pushkit-cert-file', 'key-file', 'account'] as const;

/** A file made of a real one, how it comes in, and with which password. */
export interface CertificateInput {
  readonly base: BaseName;
  readonly way: (typeof ways)[number];
  readonly password: 'right' | 'wrong' | 'none';
  /** How often a key is to be derived from the password. */
  readonly rounds?: number | undefined;
  /** The length that a field of the DER encoding claims to have. */
  readonly lengths?: { readonly at: number; readonly claimed: number } | undefined;
  readonly damages: readonly Damage[];
  /** The whole file over and over. */
  readonly times?: number | undefined;
  /** Wrapped into so many sequences, of definite or indefinite length. */
  readonly nested?: { readonly depth: number; readonly isIndefinite: boolean } | undefined;
  /** Followed by so many zero bytes. */
  readonly zeros?: number | undefined;
}

const rounds = oneof(
  constantFrom(0, 1, 2, 10_000, 600_000, 2_000_001, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 40, 2 ** 53 - 1, -1),
  nat(100_000),
);
const claimed = constantFrom(0, 1, 0x7f, 0xff, 0xffff, 0xff_ffff, 0x7fff_ffff, 0xffff_ffff);

export const inputs: Arbitrary<CertificateInput> = record({
  base: constantFrom(...baseNames),
  way: constantFrom('command', ...ways),
  password: constantFrom('right', 'right', 'wrong', 'none'),
  rounds: seldom(4, rounds),
  lengths: seldom(3, record({ at: nat(1_000_000), claimed })),
  damages: oneof({ arbitrary: damages, weight: 3 }, { arbitrary: constant([]), weight: 1 }),
  times: seldom(15, constantFrom(2, 40, 3000)),
  nested: seldom(15, record({ depth: constantFrom(3, 250, 300, 30_000), isIndefinite: constantFrom(true, false) })),
  zeros: seldom(30, constantFrom(1, 70_000, 3_000_000)),
});

/** Absent but once in so many times. */
function seldom<T>(often: number, arbitrary: Arbitrary<T>): Arbitrary<T | undefined> {
  return oneof({ arbitrary, weight: 1 }, { arbitrary: constant(undefined), weight: often - 1 });
}

/** The bytes that an input stands for. */
export function buildFile(input: CertificateInput, bases: Bases): Buffer {
  let file = bases[input.base];
  if (input.rounds !== undefined) file = setRounds(file, input.rounds);
  if (input.lengths !== undefined) file = setLength(file, input.lengths.at, input.lengths.claimed);
  file = damage(file, input.damages);
  if (input.times !== undefined) file = Buffer.concat(Array.from({ length: input.times }, () => file));
  if (input.nested !== undefined) file = nest(file, input.nested.depth, input.nested.isIndefinite);
  return input.zeros === undefined ? file : Buffer.concat([file, Buffer.alloc(input.zeros)]);
}

/** The length field next behind a place claims to be another one: in the long form of four bytes. */
function setLength(file: Buffer, at: number, length: number): Buffer {
  const from = Math.floor((at / 1_000_000) * file.length);
  const tag = file.findIndex((byte, index) => index >= from && [0x30, 0x04, 0x31, 0x02, 0xa0].includes(byte));
  if (tag < 0) return file;
  const field = Buffer.alloc(5, 0x84);
  field.writeUInt32BE(length, 1);
  const first = file[tag + 1] ?? 0;
  return Buffer.concat([file.subarray(0, tag + 1), field, file.subarray(tag + 2 + (first > 0x80 ? first - 0x80 : 0))]);
}

function nest(file: Buffer, depth: number, isIndefinite: boolean): Buffer {
  if (isIndefinite) return Buffer.concat([Buffer.alloc(2 * depth, Buffer.of(0x30, 0x80)), file, Buffer.alloc(2 * depth)]);
  const heads = Array.from({ length: depth }, (_, index) => {
    const head = Buffer.of(0x30, 0x84, 0, 0, 0, 0);
    head.writeUInt32BE(file.length + 6 * (depth - index - 1), 2);
    return head;
  });
  return Buffer.concat([...heads, file]);
}
