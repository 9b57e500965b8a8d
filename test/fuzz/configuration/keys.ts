import { readFileSync } from 'node:fs';

/** The example of the repository, with every key active. */
export const example = readFileSync(new URL('../../../etc/reveille.example.toml', import.meta.url), 'utf8').replace(/^#(?=[a-z[])/gm, '');

/** The smallest file that is sound; a provider without options. */
export const smallest = '[component]\njid = "push.example.org"\nsecret = "x"\n[providers.plain]\nuse = "log"\n';

const known = [...new Set([...example.matchAll(/^([a-z-]+) = /gm)].map(([, key = '']) => key))];
const misspelt = ['sercet', 'jids', 'server-key', 'component', 'providers', 'use ', '"a b"', 'apnstopic', 'a.b.c', 'secret.env', 'jid.x'];

export const keys: readonly string[] = [...known, ...misspelt];
export const tables: readonly string[] = [
  'component',
  'database',
  'http',
  'log',
  'delivery',
  'limits',
  'providers."tigase:messenger:apns:1"',
  'providers."fcm-xmpp-api"',
  'providers.plain',
  'providers."\\u0000"',
  'providers',
  'component.secret',
  'unknown',
  '"__proto__"',
  'providers.__proto__',
  'providers.plain.extra',
];

/** Whose values are never shown, by their names. */
export function isSecretKey(key: string): boolean {
  return ['secret', 'key', 'previous-key', 'cert-password', 'pushkit-cert-password'].includes(key);
}
