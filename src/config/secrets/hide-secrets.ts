import { isSecret, isSecretName, originsOf } from './conceal.ts';
import { isTable } from '../is-table.ts';
import { describeSecretLooks } from './secret-looks.ts';

/** A secret of its own is hidden from this length on; shorter ones are words that stand everywhere. */
const shortestSecret = 4;
/** A value of which only its origin says that it may be a secret: "sandbox" from a variable is a word of many messages. */
const shortestReferred = 8;
/** A line of a text of several lines, as of a key. */
const shortestLine = 16;
const mask = '[secret]';
/** Hiding these would make riddles of the messages, and tell the secret at that. */
const everydayWords: readonly string[] = ['secret', 'password', 'token', 'production', 'sandbox', 'true', 'false', 'none'];

/**
 * Replaces every secret among these values (tables and lists at any depth) wherever a text holds one: whoever complains of a
 * value may quote it. Secrets are what came from `{ env }` or `{ file }`, what its key names so, and what looks like one.
 */
export function buildHider(...values: readonly unknown[]): (text: string) => string {
  const secrets = new Set(values.flatMap((value) => secretsIn(value)).flatMap(spellings));
  const longestFirst = [...secrets].toSorted((one, other) => other.length - one.length);
  return (text) => longestFirst.reduce((rest, secret) => rest.replaceAll(secret, mask), text);
}

function secretsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(secretsIn);
  if (typeof value === 'string') return describeSecretLooks(value) === undefined ? [] : [value];
  if (!isTable(value)) return [];
  const origins = originsOf(value);
  return Object.entries(value).flatMap(([key, inner]) => {
    if (!isSecret(value, key)) return secretsIn(inner);
    const isOnlyReferred = Object.hasOwn(origins, key) && !isSecretName(key);
    return textsOf(inner).filter((text) => text.length >= (isOnlyReferred ? shortestReferred : shortestSecret));
  });
}

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (isTable(value)) return Object.values(value).flatMap(textsOf);
  return typeof value === 'string' ? [value] : typeof value === 'number' ? [String(value)] : [];
}

/** As it stands, as JSON and addresses write it, line by line, and the password in an address alone. */
function spellings(secret: string): string[] {
  const lines = secret.split(/\r?\n|\\n/).map((line) => line.trim());
  const telling = lines.length > 1 ? lines.filter((line) => line.length >= shortestLine && !line.startsWith('-----')) : [];
  return [
    secret,
    secret.trim(),
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
    ...telling,
    ...passwordsOf(secret),
  ].filter((text) => text.length >= shortestSecret && !everydayWords.includes(text));
}

/** As written in an address and as meant; in libpq's form as well. */
function passwordsOf(text: string): string[] {
  const [, inAddress = ''] = /^(?:[a-z][a-z0-9+.-]*:\/\/)?[^\s/@:]*:([^\s]*)@/i.exec(text) ?? [];
  const named = [...text.matchAll(/\bpassword\s*=\s*('[^']*'|[^\s&]+)/gi)].map(([, password = '']) => password.replace(/^'|'$/g, ''));
  return [inAddress, ...named].filter((password) => password !== '').flatMap((password) => [password, decode(password)]);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a bare percent sign
  }
}
