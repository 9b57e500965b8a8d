import {
  array,
  boolean,
  constant,
  constantFrom,
  integer,
  jsonValue,
  nat,
  oneof,
  record,
  string,
  uint8Array,
  type Arbitrary,
} from 'fast-check';
import { damages, toBase64, type Damage } from '../damage.ts';

/** What a stranger sends to `/local-push`: a handshake, then frames; or a request, then another for what he says. */
export interface LocalPushInput {
  readonly transport: 'websocket' | 'post';
  readonly frames: readonly Frame[];
  /** Done to everything behind the handshake. */
  readonly damages: readonly Damage[];
  readonly pieces?: number | undefined;
}

/** `opcode` and `isLast` as RFC 6455 has them; `text` as UTF-8, or `bytes` in base64, `times` over. */
export interface Frame {
  readonly opcode: number;
  readonly isLast: boolean;
  readonly isMasked: boolean;
  readonly text?: string | undefined;
  readonly bytes?: string | undefined;
  readonly times: number;
}

const names = ['type', 'node', 'proof', 'id', '__proto__', 'nonce'];
const values: Arbitrary<unknown> = oneof(
  constantFrom('prove', 'ack', 'ping', 'pong', 'push', 'welcome', 'goodbye', 'NODE', '\0', ''),
  string({ maxLength: 300 }),
  jsonValue({ maxDepth: 2 }),
);
const messages = oneof(
  constantFrom(
    '{"type":"ping"}',
    '{"type":"pong"}',
    '{"type":"ack","id":"6f1c3c0e-5d1f-4a53-9f0b-0d2f5e2b7a11"}',
    '{"type":"prove","node":"NODE","proof":"YjJE9NKEjEnK8Q4w-vlFrSwjQs8XGrsB0ErnPCbGjxY"}',
  ),
  array(record({ name: constantFrom(...names), value: values }), { maxLength: 5 }).map(
    (members) => `{${members.map(({ name, value }) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`,
  ),
  jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
  string({ maxLength: 200 }),
);

const frame: Arbitrary<Frame> = record(
  {
    opcode: oneof({ arbitrary: constant(1), weight: 8 }, { arbitrary: nat(15), weight: 2 }),
    isLast: oneof({ arbitrary: constant(true), weight: 8 }, { arbitrary: boolean(), weight: 1 }),
    isMasked: oneof({ arbitrary: constant(true), weight: 8 }, { arbitrary: boolean(), weight: 1 }),
    text: messages,
    bytes: uint8Array({ maxLength: 200 }).map(toBase64),
    times: constantFrom(1, 1, 1, 1, 80, 5_000),
  },
  { requiredKeys: ['opcode', 'isLast', 'isMasked', 'times'] },
);

export const inputs: Arbitrary<LocalPushInput> = record(
  {
    transport: constantFrom('websocket' as const, 'websocket' as const, 'post' as const),
    frames: array(frame, { minLength: 1, maxLength: 6 }),
    damages: oneof({ arbitrary: constant([]), weight: 2 }, damages),
    pieces: integer({ min: 1, max: 40 }),
  },
  { requiredKeys: ['transport', 'frames', 'damages'] },
);
