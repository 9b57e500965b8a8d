import { tidyPem } from '../../src/base/pem.ts';

/**
 * A credential as its maker wrote it, whatever other tools did to it on the way: byte order marks, UTF-16, line feeds written as
 * the two characters `\n`, indentation, quotation marks around it, a PEM text in one line, or all of it in base64.
 */
export function tidyCredential(file: Buffer): Buffer {
  const text = decode(file);
  if (/^\s*\{/.test(text)) return Buffer.from(text);
  if (text.includes('-----BEGIN ')) return Buffer.from(tidyPem(text), 'latin1');
  const inner = openBase64(text);
  if (inner !== undefined) return tidyCredential(inner);
  return file;
}

/** The content of a credential that stands where a path is expected; undefined for what may be a path. */
export function contentOf(value: string): Buffer | undefined {
  const isContent = value.includes('-----BEGIN ') || /^\s*\{/.test(value) || openBase64(value) !== undefined;
  return isContent ? Buffer.from(value) : undefined;
}

function decode(file: Buffer): string {
  if (file[0] === 0xff && file[1] === 0xfe) return new TextDecoder('utf-16le').decode(file);
  if (file[0] === 0xfe && file[1] === 0xff) return new TextDecoder('utf-16be').decode(file);
  return file.toString('utf8').replace(/^\ufeff/, '');
}

/** PEM, JSON or DER (a SEQUENCE of more than 127 bytes, X.690 §8.1.3) behind base64; undefined for anything else. */
function openBase64(text: string): Buffer | undefined {
  const digits = text.replace(/\s+/g, '');
  if (digits.length < 64 || !/^[A-Za-z0-9+/]+={0,2}$/.test(digits)) return undefined;
  const inner = Buffer.from(digits, 'base64');
  const isDer = inner[0] === 0x30 && ((inner[1] ?? 0) & 0x80) !== 0;
  const start = inner.subarray(0, 200).toString('latin1');
  return isDer || start.includes('-----BEGIN ') || /^\s*\{\s*"/.test(start) ? inner : undefined;
}
