// How to show a server that one knows the password: SCRAM (RFC 5802, RFC 7677) without telling it, else PLAIN.

const hashes = { 'SCRAM-SHA-256': 'SHA-256', 'SCRAM-SHA-1': 'SHA-1' };
/** A server that asks for more wants to keep the phone busy. */
const mostRounds = 1_000_000;

/** The best of what is offered, or undefined. PLAIN tells the password to the server: only where nobody else can read it. */
export function chooseMechanism(offered, mayTellPassword) {
  const known = [...Object.keys(hashes), ...(mayTellPassword ? ['PLAIN'] : [])];
  return known.find((name) => offered.includes(name));
}

/** `first` is sent at once; `answer` is asked for each challenge, `accepts` with what comes with success. All in plain text. */
export function createMechanism(name, user, password, nonce = randomNonce()) {
  return name === 'PLAIN' ? new Plain(user, password) : new Scram(hashes[name], user, password, nonce);
}

export const toBase64 = (text) => bytesToBase64(new TextEncoder().encode(text));
export const fromBase64 = (text) => new TextDecoder().decode(bytesFromBase64(text));

class Plain {
  constructor(user, password) {
    this.first = `\0${user}\0${password}`;
  }

  async answer() {
    return undefined;
  }

  async accepts() {
    return true;
  }
}

class Scram {
  #hash;
  #password;
  #bare;
  #nonce;
  #expected;

  constructor(hash, user, password, nonce) {
    this.#hash = hash;
    // What SASLprep does to nearly all passwords that people type.
    this.#password = new TextEncoder().encode(password.normalize('NFKC'));
    this.#nonce = nonce;
    this.#bare = `n=${user.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;
    this.first = `n,,${this.#bare}`;
  }

  /** Undefined where the challenge is none that may be answered. */
  async answer(challenge) {
    const { r: nonce = '', s: salt, i } = readAttributes(challenge);
    const rounds = Number(i);
    if (this.#expected !== undefined || !nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length) return undefined;
    if (salt === undefined || !Number.isInteger(rounds) || rounds < 1 || rounds > mostRounds) return undefined;
    const unproven = `c=biws,r=${nonce}`;
    const signed = `${this.#bare},${challenge},${unproven}`;
    const salted = await this.#stretch(bytesFromBase64(salt), rounds);
    const clientKey = await this.#sign(salted, 'Client Key');
    const storedKey = new Uint8Array(await crypto.subtle.digest(this.#hash, clientKey));
    const signature = await this.#sign(storedKey, signed);
    this.#expected = bytesToBase64(await this.#sign(await this.#sign(salted, 'Server Key'), signed));
    return `${unproven},p=${bytesToBase64(clientKey.map((byte, at) => byte ^ signature[at]))}`;
  }

  /** Whether the server has shown that it knows the password as well. */
  async accepts(last) {
    return this.#expected !== undefined && readAttributes(last).v === this.#expected;
  }

  async #stretch(salt, iterations) {
    const key = await crypto.subtle.importKey('raw', this.#password, 'PBKDF2', false, ['deriveBits']);
    const bits = this.#hash === 'SHA-1' ? 160 : 256;
    return new Uint8Array(await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: this.#hash, salt, iterations }, key, bits));
  }

  async #sign(secret, text) {
    const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: this.#hash }, false, ['sign']);
    return new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text)));
  }
}

const randomNonce = () => bytesToBase64(crypto.getRandomValues(new Uint8Array(18)));

/** `r=…,s=…,i=…`; values may have = in them. */
function readAttributes(text) {
  return Object.fromEntries(text.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));
}

const bytesToBase64 = (bytes) => btoa(String.fromCharCode(...bytes));
const bytesFromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
