import { array, constant, constantFrom, nat, oneof, record, string, type Arbitrary } from 'fast-check';
import { damage, damages, type Damage } from '../damage.ts';

/** What somebody registers as a device token of Web Push, and where its host leads. */
export interface EndpointInput {
  readonly scheme: string;
  readonly user: string;
  readonly host: string;
  /** What follows the host; `PORT` is that of the canary. */
  readonly rest: string;
  readonly shape: 'bare' | 'subscription' | 'without-keys' | 'strange-keys';
  readonly damages: readonly Damage[];
  /** What the name servers say, for each time that they are asked. */
  readonly addresses: readonly string[];
}

const schemes = oneof(
  { weight: 8, arbitrary: constant('https://') },
  {
    weight: 2,
    arbitrary: constantFrom(
      'http://',
      'HTTPS://',
      'https:',
      'https:/',
      'https:\\\\',
      'ftp://',
      'wss://',
      '//',
      'javascript:',
      'file://',
      '',
    ),
  },
);
const users = oneof(
  { weight: 6, arbitrary: constant('') },
  { weight: 1, arbitrary: constantFrom('a@', 'a:b@', ':@', '@', 'push.example@', '%40@') },
);

const octet = oneof(
  nat(255).map(String),
  nat(255).map((byte) => `0${byte.toString(8)}`),
  nat(255).map((byte) => `0x${byte.toString(16)}`),
);
const spelled = oneof(
  constantFrom(
    '127.0.0.1',
    '2130706433',
    '0x7f000001',
    '017700000001',
    '127.1',
    '0',
    '0.0.0.0',
    '10.0.0.1',
    '169.254.169.254',
    '192.168.0.1',
  ),
  array(octet, { minLength: 1, maxLength: 5 }).map((octets) => octets.join('.')),
  nat(0xffff_ffff).map(String),
);
const group = nat(0xffff).map((bits) => bits.toString(16));
const spelled6 = oneof(
  constantFrom(
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'fe80::1%25lo',
    'fc00::1',
    '::127.0.0.1',
    'ff02::1',
    '2001:0:7f00:1::',
  ),
  array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':')),
  group.map((bits) => `${bits}::1`),
).map((address) => `[${address}]`);
const names = oneof(
  constantFrom(
    'push.example',
    'localhost',
    'localhost.',
    'a.localhost',
    'push.example.',
    'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
    '１２７.０.０.１',
    'bücher.example',
    '127.0.0.1.nip.example',
    'xn--a.example',
    'a..b',
    '-',
    'printer',
  ),
  string({ maxLength: 20 }),
);

/** Loopback in all its forms, and what is else at home here. */
const lies = constantFrom(
  '127.0.0.1',
  '::1',
  '::ffff:127.0.0.1',
  '0.0.0.0',
  '::',
  '127.0.0.53',
  '10.0.0.1',
  '169.254.169.254',
  '64:ff9b::7f00:1',
  'fe80::1',
  'nonsense',
  '',
);

export const inputs: Arbitrary<EndpointInput> = record({
  scheme: schemes,
  user: users,
  host: oneof({ weight: 4, arbitrary: spelled }, { weight: 3, arbitrary: spelled6 }, { weight: 4, arbitrary: names }),
  rest: constantFrom(
    ':PORT/x',
    ':PORT',
    ':PORT/x?y#z',
    ':PORT\\@push.example/',
    '/x',
    ':25/x',
    ':0/',
    ':99999/',
    ':PORT/\r\nx-injected: yes',
    `:PORT/${'x'.repeat(1_200)}`,
  ),
  shape: constantFrom('bare', 'bare', 'subscription', 'subscription', 'without-keys', 'strange-keys'),
  damages: oneof({ weight: 3, arbitrary: constant([]) }, { weight: 1, arbitrary: damages }),
  addresses: array(lies, { minLength: 1, maxLength: 4 }),
});

const keys = {
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
};

/** The text as it is registered. */
export function buildText({ scheme, user, host, rest, shape, damages: done }: EndpointInput, port: number): string {
  const endpoint = `${scheme}${user}${host}${rest.replaceAll('PORT', String(port))}`;
  return damage(Buffer.from(shapes[shape](endpoint)), done).toString();
}

const shapes: Readonly<Record<EndpointInput['shape'], (endpoint: string) => string>> = {
  bare: (endpoint) => endpoint,
  subscription: (endpoint) => JSON.stringify({ endpoint, expirationTime: null, keys }),
  'without-keys': (endpoint) => JSON.stringify({ endpoint }),
  'strange-keys': (endpoint) => JSON.stringify({ endpoint, keys: { p256dh: [keys.p256dh], auth: keys.auth, __proto__: null } }),
};
