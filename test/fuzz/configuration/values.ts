import { array, constantFrom, double, integer, oneof, string, type Arbitrary } from 'fast-check';

/** Stands for a secret, wherever one may be; no message and no rendering of a configuration may show it. */
export const marker = 'm4rk-Zq7Xw2Lp9Kd3';

/** TOML that shows the marker only where a secret stands by its name, or behind a reference. */
export const secretValues: readonly string[] = [
  `"${marker}"`,
  `'${marker}'`,
  `"""\n${marker}\n"""`,
  `["${marker}"]`,
  `{ x = "${marker}" }`,
  `{ env = "${marker}", file = 1 }`,
  `"${marker}`,
  marker,
  `"${marker}" "${marker}"`,
  `"${marker}\\q"`,
];

/** The environment and the files that references may lead to. */
export const references: readonly string[] = [
  '{ env = "FUZZ_SECRET" }',
  '{ env = "FUZZ_EMPTY" }',
  '{ env = "FUZZ_MISSING" }',
  '{ env = "" }',
  '{ env = "A=B\\u0000" }',
  '{ file = "secret" }',
  '{ file = "binary" }',
  '{ file = "folder" }',
  '{ file = "large" }',
  '{ file = "missing" }',
  '{ file = "loop" }',
  '{ file = "" }',
  '{ file = "secret/below" }',
  '{ file = "a\\u0000b" }',
  '{ env = 1 }',
  '{ file = ["secret"] }',
  '{ env = "FUZZ_SECRET", more = 1 }',
  '[{ env = "FUZZ_SECRET" }, { file = "secret" }]',
  '{ x = { env = "FUZZ_SECRET" } }',
  `"${'x'.repeat(3000)}"`,
];

const odd: readonly string[] = [
  'true',
  'false',
  '0',
  '-1',
  '65',
  '9007199254740993',
  '9223372036854775807',
  '99999999999999999999999',
  '1e400',
  'inf',
  '-nan',
  '0xdeadbeef',
  '1_000',
  '1979-05-27T07:32:00Z',
  '1979-05-27',
  '07:32:00',
  '9999-12-31T23:59:60Z',
  '0000-00-00',
  '[]',
  '{}',
  '[[], [[]], [1, "a"]]',
  '[{}, {}]',
  '{ a.b.c = 1, a.b.d = 2 }',
  '{ a = 1, a = 2 }',
  '{ __proto__ = { polluted = true } }',
  '{ constructor.prototype.polluted = true }',
  '"\\uD800"',
  '"\\U0010FFFF"',
  '"\u0000"',
  '""',
  '"""',
  '',
  '= 1',
  '# nothing',
  '[component',
  '127.0.0.1:5347',
];

const right: readonly string[] = [
  '"push.example.org"',
  '"127.0.0.1:5347"',
  '"tls://[::1]:5347"',
  '"postgres://user@localhost/db"',
  '"20s"',
  '"99999999999h"',
  '"-1s"',
  '["*"]',
  '["admin@example.org", "@", "a@b/c", "xn--80akhbyknj4f@пример.рф"]',
  '"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="',
  '"apns"',
  '"fcm"',
  '"log"',
  '"./nothing.js"',
  '"secret"',
  '"folder"',
  '"production"',
  '"http://proxy:3128"',
  '["http://a:3128", "socks://b", "http://[", ""]',
  '"https://[::1"',
];

/** TOML for the right of an equals sign. Secrets are added where the key is one. */
export const values: Arbitrary<string> = oneof(
  { arbitrary: constantFrom(...right), weight: 4 },
  { arbitrary: constantFrom(...odd), weight: 4 },
  { arbitrary: constantFrom(...references), weight: 3 },
  { arbitrary: constantFrom('SECRET'), weight: 2 },
  {
    arbitrary: oneof(
      integer().map(String),
      double().map(String),
      string({ unit: 'binary', maxLength: 40 }).map((text) => JSON.stringify(text)),
    ),
    weight: 2,
  },
  { arbitrary: array(constantFrom(...right, ...odd), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`), weight: 1 },
);
