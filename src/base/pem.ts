import { X509Certificate } from 'node:crypto';

const lineLength = 64;
const begin = String.raw`-----BEGIN [A-Z0-9 ]+-----`;
const end = String.raw`-----END [A-Z0-9 ]+-----`;
/** Headers of a key that is encrypted the old way (RFC 1421 §4.6). */
const headers = String.raw`\s*(Proc-Type:\s*\S+)\s+(DEK-Info:\s*\S+)\s`;
/** As OpenSSL reads it; some tools write 76 columns, as in MIME. */
const wellWritten = new RegExp(`^${begin}\\n(?:[A-Za-z]+-[A-Za-z]+: .*\\n)*\\n?(?:[A-Za-z0-9+/=]{1,76}\\n)+${end}$`);
const block = new RegExp(`(${begin})(?:${headers})?([A-Za-z0-9+/=\\s]*)(${end})`, 'g');

/**
 * PEM text (RFC 7468) as its maker wrote it: line feeds that were written as the two characters `\n`, carriage returns,
 * indentation, quotation marks around it, and a text whose line feeds became blanks.
 */
export function tidyPem(text: string): string {
  const lines = text
    .replace(/\\r?\\n|\\n/g, '\n')
    .replace(/\r\n?/g, '\n')
    .replace(/^["' \t]+(?=-----BEGIN)|(?<=-----)["',]+$|^[ \t]+|[ \t]+$/gm, '');
  return lines.replace(block, (whole, first: string, type: string | undefined, info: string, body: string, last: string) => {
    if (wellWritten.test(whole)) return whole;
    const digits = body.replace(/\s+/g, '').match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
    return [first, ...(type === undefined ? [] : [type, info, '']), ...digits, last].join('\n');
  });
}

/** The PEM text of a certificate in DER (`.cer`, `.crt` of Windows and macOS); undefined for anything else. */
export function readDerCertificate(file: Buffer): string | undefined {
  if (file[0] !== 0x30) return undefined;
  try {
    return new X509Certificate(file).toString();
  } catch {
    // Another kind of file: that is the answer.
    return undefined;
  }
}

/** Whether a text that stands where a path could is PEM itself. */
export function holdsPem(text: string): boolean {
  return text.includes('-----BEGIN ');
}
