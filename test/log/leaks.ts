/** What must not be found, by what it is. */
export type Secrets = ReadonlyMap<string, string>;

export interface Leak {
  readonly secret: string;
  readonly form: string;
  readonly line: string;
}

/** As it is, and as it would look if somebody thought himself clever. Case never matters. */
const forms: Readonly<Record<string, (value: string) => string>> = {
  plain: (value) => value,
  json: (value) => JSON.stringify(value).slice(1, -1),
  'in an address': encodeURIComponent,
  'in XML': (value) => value.replace(/&/g, '&amp;').replace(/</g, '&lt;'),
  hex: (value) => Buffer.from(value).toString('hex'),
  base64: (value) => Buffer.from(value).toString('base64').replace(/=+$/, ''),
  base64url: (value) => Buffer.from(value).toString('base64url'),
  'bytes of hex in base64': (value) => (/^[\da-f]{16,}$/i.test(value) ? Buffer.from(value, 'hex').toString('base64') : value),
  reversed: (value) => [...value].reverse().join(''), // eslint-disable-line @typescript-eslint/no-misused-spread -- only ASCII comes here
};

/** Every line of the log that holds one of the secrets, in any form. */
export function findLeaks(lines: readonly string[], secrets: Secrets): readonly Leak[] {
  const whole = lines.join('').toLowerCase();
  const found: Leak[] = [];
  for (const [secret, value] of secrets) {
    for (const [form, write] of Object.entries(forms)) {
      const text = write(value).toLowerCase();
      if (!whole.includes(text)) continue;
      found.push({ secret, form, line: lines.find((line) => line.toLowerCase().includes(text)) ?? '' });
    }
  }
  return found;
}
