// Room: credentials as other tools leave them, in files or variables. In: a path or a content. Out: bytes, or what is wrong. May enter:
// providers.
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { readDerCertificate } from '../../src/base/pem.ts';
import { contentOf, tidyCredential } from './tidy-credential.ts';

/** All trust anchors of the system together take a quarter of it. */
const longestBytes = 1_000_000;
const longestShownPath = 200;

/** Reads what options name and collects what is wrong with it, one sentence each beginning with the key. */
export interface FileLoader {
  readonly mistakes: readonly string[];
  /**
   * What `parse` makes of the file at the path `value`, or of `value` where that is the content of a credential itself;
   * undefined where there is no value or where it throws, which becomes a mistake.
   */
  load<T>(key: string, value: string | undefined, parse: (file: Buffer) => T): T | undefined;
  /** What to call the value of an option in a message: its path, or where it came from. Never a secret. */
  nameOf(key: string, value: string): string;
}

/** Paths are those of the options; `resolvePath` makes them absolute, `originOf` tells which came from elsewhere. */
export function createFileLoader(
  resolvePath: (path: string) => string,
  originOf: (key: string) => string | undefined = () => undefined,
): FileLoader {
  const mistakes: string[] = [];
  const nameOf = (key: string, value: string): string => nameValue(value, originOf(key));
  return {
    mistakes,
    nameOf,
    load(key, value, parse) {
      if (value === undefined) return undefined;
      try {
        return parse(contentOf(value) ?? readFile(resolvePath(value)));
      } catch (error) {
        mistakes.push(`${key}: ${nameOf(key, value)} ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      }
    },
  };
}

function nameValue(value: string, origin: string | undefined): string {
  if (contentOf(value) !== undefined) return origin === undefined ? 'what stands here' : `the content of ${origin}`;
  if (origin !== undefined) return `the file that ${origin} names`;
  return value.length <= longestShownPath && !/[\r\n]|-----/.test(value) ? value : 'the file that is named here';
}

/** A parser for `load`: trust anchors, in PEM or a single one in DER; returned as PEM text. */
export function parseAuthorities(file: Buffer): string {
  const tidy = tidyCredential(file);
  const text = readDerCertificate(tidy) ?? tidy.toString('latin1');
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error('holds no PEM certificate');
  for (const block of blocks) checkCertificate(block);
  return text;
}

function checkCertificate(block: string): void {
  try {
    new X509Certificate(block);
  } catch (error) {
    throw new Error('holds a certificate that cannot be read', { cause: error });
  }
}

function readFile(path: string): Buffer {
  try {
    if (statSync(path).size <= longestBytes) return readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // Without the cause: it quotes the path, which may be a secret that was meant for another option.
    throw new Error(reasons[code ?? ''] ?? `cannot be read (${code ?? 'unknown error'})`); // eslint-disable-line preserve-caught-error
  }
  throw new Error('is larger than 1 MB; that is no certificate or key');
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'must not be read by this user',
  EISDIR: 'is a folder',
  ENAMETOOLONG: 'does not exist: its name is too long for one',
};
