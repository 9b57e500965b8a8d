import { array, constant, constantFrom, nat, oneof, record, tuple, type Arbitrary } from 'fast-check';
import { otherBases, publishBases } from './bases.ts';
import { apply, changes } from './changes.ts';
import { buildBytes, type Piece, type StanzaInput } from './input.ts';
import { parseTree, serialiseTree } from './tree.ts';

const bases = oneof({ weight: 3, arbitrary: constantFrom(...publishBases) }, { weight: 1, arbitrary: constantFrom(...otherBases) });

/** A stanza with a few changes. */
const stanzas: Arbitrary<readonly Piece[]> = tuple(bases, array(changes, { maxLength: 4 })).map(([base, todo]) => {
  const stanza = parseTree(base);
  for (const change of todo) apply(stanza, change);
  return serialiseTree(stanza);
});

/** What stands between stanzas where anything does. */
const gaps: Arbitrary<readonly Piece[]> = constantFrom<readonly Piece[]>([], [' '], ['\n'], ['\r\n \t'], [{ repeat: ' ', times: 10_000 }]);

/** One stanza, or several without a pause. */
const streams: Arbitrary<readonly Piece[]> = oneof(
  { weight: 6, arbitrary: stanzas },
  {
    weight: 1,
    arbitrary: array(
      tuple(stanzas, gaps).map((parts) => parts.flat()),
      { minLength: 2, maxLength: 6 },
    ).map((parts) => parts.flat()),
  },
);

/** Damage to the bytes themselves. Nothing that a server would send; nothing that may cost more than the connection. */
interface Damage {
  readonly kind: 'cut' | 'drop' | 'flip' | 'insert';
  readonly at: number;
  readonly bytes: readonly number[];
}

const damages: Arbitrary<Damage> = record({
  kind: constantFrom('cut', 'drop', 'flip', 'insert'),
  at: nat(1000),
  bytes: constantFrom(
    [0xff],
    [0xc3],
    [0x80],
    [0xed, 0xa0, 0x80],
    [0xf8, 0x88],
    [0xc0, 0xaf],
    [0xef, 0xbb, 0xbf],
    [0x00],
    [0x3c],
    [0x26],
    [0x27],
  ),
});

const packets = array(nat(1000), { maxLength: 6 });

/** What is fed. */
export const inputs: Arbitrary<StanzaInput> = oneof(
  { weight: 9, arbitrary: record({ pieces: streams.map(join), cuts: oneof(constant([]), packets) }) },
  { weight: 1, arbitrary: record({ pieces: tuple(streams, array(damages, { minLength: 1, maxLength: 3 })).map(damage), cuts: packets }) },
);

/** Neighbouring texts as one, so that a file of the corpus can be read. */
function join(pieces: readonly Piece[]): readonly Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') joined.splice(-1, 1, last + piece);
    else joined.push(piece);
  }
  return joined;
}

function damage([pieces, todo]: readonly [readonly Piece[], readonly Damage[]]): readonly Piece[] {
  let bytes = buildBytes({ pieces, cuts: [] }, (placeholder) => `{${placeholder}}`);
  for (const one of todo) bytes = damageOnce(bytes, one);
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? [text] : [{ base64: bytes.toString('base64') }];
}

function damageOnce(bytes: Buffer, { kind, at, bytes: more }: Damage): Buffer {
  const place = Math.floor((bytes.length * at) / 1000);
  const before = bytes.subarray(0, place);
  switch (kind) {
    case 'cut':
      return before;
    case 'drop':
      return Buffer.concat([before, bytes.subarray(place + more.length)]);
    case 'flip':
      return Buffer.concat([before, Buffer.from(more), bytes.subarray(place + more.length)]);
    case 'insert':
      return Buffer.concat([before, Buffer.from(more), bytes.subarray(place)]);
  }
}
