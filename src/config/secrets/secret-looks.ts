/** What a text looks like that should not be shown, in words; undefined for one that may be. */
export function describeSecretLooks(text: string): string | undefined {
  return looks.find(({ pattern }) => pattern.test(text))?.kind;
}

/** Checked in this order: the first that fits names the value. Made so that paths, names and addresses fit none. */
const looks: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  { kind: 'a private key', pattern: /-----BEGIN [A-Z0-9 ]*PRIVATE KEY|"private_key"|PRIVATE KEY-----/ },
  { kind: 'a certificate', pattern: /-----BEGIN [A-Z0-9 ]+-----|-----END [A-Z0-9 ]+-----/ },
  { kind: 'a JSON text', pattern: /^\s*\{\s*"/ },
  { kind: 'an address with a password', pattern: /^(?:[a-z][a-z0-9+.-]*:\/\/)?[^\s/@:]*:[^\s@]*@/i },
  { kind: 'an address with a password', pattern: /\/\/[^\s/@]*:[^\s]*@/ },
  { kind: 'a text with a password', pattern: /\b(?:password|passwd|passphrase|pwd|secret|token|api[-_]?key)\s*[=:]/i },
  { kind: 'a token', pattern: /\beyJ[A-Za-z0-9_-]{8,}|\b(?:bearer|basic|key=)\s*[A-Za-z0-9+/_.~-]{8,}/i },
  // A path's parts are shorter, or hold a dot, a hyphen or no digit at all.
  {
    kind: 'a key or token',
    pattern: /(?<![A-Za-z0-9+_=.-])(?=[A-Za-z+_]*\d)(?=[\d+_]*[A-Za-z])[A-Za-z0-9+_]{24,}={0,2}(?![A-Za-z0-9+_.-])/,
  },
  { kind: 'a key or token', pattern: /^(?!\.{0,2}\/)[A-Za-z0-9+/_-]{40,}={0,2}$|^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9+/]{40,}={0,2}$/ },
  { kind: 'a text of several lines', pattern: /[\r\n]/ },
];
