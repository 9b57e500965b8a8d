import { loadForge } from './forge.ts';

/** The file most in love with rounds that is known comes from NSS (Firefox): three times 600 000. Two million take seconds. */
const mostRounds = 2_000_000;

/** To open the file a key would have to be derived from the password in more rounds than anybody waits for. */
export class TooManyRounds extends Error {
  override readonly name = 'TooManyRounds';

  constructor() {
    super('asks for more work than 2 000 000 rounds to open it; export it again with fewer iterations');
  }
}

/** Counts the rounds of one file; `add` throws TooManyRounds beyond the bound, and for what is no number. */
export class Rounds {
  #sum = 0;

  add(rounds: number): void {
    this.#sum += Math.max(0, rounds);
    if (!(this.#sum <= mostRounds)) throw new TooManyRounds();
  }
}

interface Derivations {
  readonly pkcs12: { generateKey: (...args: Pkcs12Arguments) => unknown };
  readonly pkcs5: { pbkdf2: (...args: Pbkdf2Arguments) => unknown };
  readonly pki: { readonly pbe: { generatePkcs12Key: (...args: Pkcs12Arguments) => unknown } };
}
type Digest = { readonly digestLength: number; readonly algorithm: string } | undefined | null;
type Pkcs12Arguments = [password: unknown, salt: unknown, id: number, rounds: number, length: number, digest?: Digest];
type Pbkdf2Arguments = [password: unknown, salt: unknown, rounds: number, length: number, digest?: Digest | string];

const sha1Length = 20;

/**
 * Lets forge work with its key derivations bounded: it does as many rounds as the file says, 2^31 stop the process for an
 * hour, and what is encrypted may hold further encrypted parts, so that no look at the file beforehand would do.
 */
export function withBoundedRounds<T>(work: () => T): T {
  const { pkcs12, pkcs5, pki } = loadForge() as unknown as Derivations;
  const original = { generateKey: pkcs12.generateKey, pbkdf2: pkcs5.pbkdf2, generatePkcs12Key: pki.pbe.generatePkcs12Key };
  const rounds = new Rounds();
  pkcs12.generateKey = pki.pbe.generatePkcs12Key = (...args) => {
    const [, , , count, length, digest] = args;
    rounds.add(count * Math.ceil(length / (digest?.digestLength ?? sha1Length)));
    return original.generatePkcs12Key(...args);
  };
  pkcs5.pbkdf2 = (secret, salt, count, length, digest) => {
    rounds.add(count);
    // By its name the digest is OpenSSL's, forty times as fast as forge's own.
    return original.pbkdf2(secret, salt, count, length, typeof digest === 'object' ? digest?.algorithm : digest);
  };
  try {
    return work();
  } finally {
    pkcs12.generateKey = original.generateKey;
    pkcs5.pbkdf2 = original.pbkdf2;
    pki.pbe.generatePkcs12Key = original.generatePkcs12Key;
  }
}
