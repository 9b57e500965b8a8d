import { array, constant, constantFrom, nat, oneof, record, string, type Arbitrary } from 'fast-check';
import type { Element } from '../../../src/xmpp/stanza/xml.ts';
import { xml } from '../../../src/xmpp/stanza/xml.ts';
import type { Piece } from '../stanzas/input.ts';
import { addresses, wildValues } from '../stanzas/wild-values.ts';

/** What somebody sends as a notification of Push 2.0. */
export interface NotificationInput {
  readonly from: Piece;
  readonly type: string;
  readonly id: string;
  /** `PORT` is that of the canary. */
  readonly clients: readonly Piece[];
  readonly priority: Piece;
  readonly isCall: boolean;
  readonly payloads: readonly { readonly text: Piece; readonly xmlns: string }[];
  readonly jwts: readonly { readonly token: Piece; readonly key: Piece }[];
  readonly xmlns: string;
}

const allowed = ['push.example', 'a.relay.example', 'api.push.apple.com', '127.0.0.1', 'localhost'] as const;
const token = constantFrom('0', '1', '2', '3').map((end) => 'ab'.repeat(31) + `a${end}`);
const clients = oneof(
  { weight: 4, arbitrary: constantFrom(...allowed).map((host) => `https://${host}:PORT/send/secret-path`) },
  { weight: 4, arbitrary: token.map((one) => `https://api.push.apple.com/3/device/${one}#org.example.app`) },
  { weight: 2, arbitrary: token.map((one) => `https://api.push.apple.com/3/device/${one}#org.example.app&${one}`) },
  {
    weight: 4,
    arbitrary: constantFrom(
      'https://push.example@127.0.0.1:PORT/',
      'https://127.0.0.1:PORT\\@push.example/',
      'https://push.example:PORT#@127.0.0.1/',
      'https://push.example\t:PORT/x\r\nx-injected: yes',
      'https://[::ffff:127.0.0.1]:PORT/',
      'https://2130706433:PORT/',
      'https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/',
      'http://push.example:PORT/',
      'HTTPS://PUSH.EXAMPLE:PORT/a',
      'https:push.example:PORT/a',
      '{"endpoint":"https://push.example:PORT/a"}',
      'https://api.push.apple.com/3/device/../../x#org.example.app',
      'javascript:alert(1)',
    ),
  },
  { weight: 3, arbitrary: wildValues },
);

const body = (length: number, keyIdBytes = 65) => {
  const bytes = Buffer.alloc(length, 1);
  if (length > 20) bytes[20] = keyIdBytes;
  return bytes.toString('base64');
};
const payloadTexts = oneof(
  { weight: 4, arbitrary: nat(5_000).map((length) => body(length)) },
  { weight: 1, arbitrary: nat(255).map((keyId) => body(200, keyId)) },
  { weight: 2, arbitrary: wildValues },
  { weight: 1, arbitrary: string({ unit: 'binary', maxLength: 200 }).map((text) => Buffer.from(text).toString('base64url')) },
);
const jwtTokens = oneof(
  { weight: 4, arbitrary: constant(`${'eyJh'.repeat(9)}.${'eyJb'.repeat(30)}.${'c1-_'.repeat(21)}`) },
  { weight: 1, arbitrary: constantFrom('a.b.c\r\nhost: evil', 'a.b.c, k=x', 'a b.c.d', 'a.b.c\u0000', '..', 'a.b.c.d', 'é.b.c') },
  { weight: 1, arbitrary: wildValues },
);
const point = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 7)]);
const keys = oneof(
  { weight: 4, arbitrary: constantFrom(point.toString('base64'), point.toString('base64url'), ` ${point.toString('base64')}\n`) },
  { weight: 1, arbitrary: constantFrom(Buffer.alloc(65).toString('base64'), `${point.toString('base64')}"`, point.toString('hex')) },
  { weight: 1, arbitrary: wildValues },
);

/** One of them as a rule. */
function few<T>(one: Arbitrary<T>): Arbitrary<readonly T[]> {
  return oneof({ weight: 8, arbitrary: one.map((value) => [value]) }, { weight: 2, arbitrary: array(one, { maxLength: 3 }) });
}

export const inputs: Arbitrary<NotificationInput> = record({
  from: oneof({ weight: 3, arbitrary: constant('localhost') }, { weight: 1, arbitrary: addresses }),
  type: constantFrom('', '', '', 'normal', 'chat', 'headline', 'error', 'result', 'set', '__proto__'),
  id: oneof(
    constantFrom('', 'a', '018F3F6E-0000-7000-8000-0123456789AB', '018f3f6e-0000-7000-8000-0123456789ab\n'),
    string({ maxLength: 40 }),
  ),
  clients: few(clients),
  priority: oneof(constantFrom('high', 'normal', 'low', ' high\n'), wildValues),
  isCall: constantFrom(true, false),
  payloads: few(record({ text: payloadTexts, xmlns: constantFrom('urn:xmpp:sce:rfc8291:0', 'urn:xmpp:sce:rfc8291:0', 'urn:other') })),
  jwts: few(record({ token: jwtTokens, key: keys })),
  xmlns: oneof({ weight: 9, arbitrary: constant('urn:xmpp:push2:0') }, { weight: 1, arbitrary: constant('urn:xmpp:push2:1') }),
});

export function read(piece: Piece): string {
  if (typeof piece === 'string') return piece;
  return 'base64' in piece ? Buffer.from(piece.base64, 'base64').toString() : piece.repeat.repeat(piece.times);
}

/** The first of its addresses, as the stanza has it. */
export function clientOf({ clients: all }: NotificationInput, port: number): string {
  return all[0] === undefined ? '' : read(all[0]).replaceAll('PORT', String(port));
}

export function buildStanza(input: NotificationInput, to: string, port: number): Element {
  const { clients: all, payloads, jwts, xmlns, type, isCall } = input;
  const notification = xml(
    'notification',
    { xmlns },
    ...all.map((client) => xml('client', {}, read(client).replaceAll('PORT', String(port)))),
    xml('priority', {}, read(input.priority)),
    isCall ? xml('voip', {}) : undefined,
    ...payloads.map((one) => xml('encrypted', { xmlns: one.xmlns }, xml('payload', {}, read(one.text)))),
    ...jwts.map(({ token: jwt, key }) => xml('jwt', { key: read(key) }, read(jwt))),
  );
  const address = { from: read(input.from), to, id: input.id, type: type === '' ? undefined : type };
  return xml('message', address, xml('body', {}, 'a notification'), notification, xml('store', { xmlns: 'urn:xmpp:hints' }));
}
