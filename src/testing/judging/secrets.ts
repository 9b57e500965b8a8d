import type { Push } from '../../index.ts';
import { textOf } from './text-of.ts';

/** Shorter ones occur by chance. */
const shortestSecret = 4;
const shortestToken = 8;

/** Values that must not show, in whatever disguise. */
export class Secrets {
  readonly #names = new Map<string, string>();
  /** Names and values as they came: most pushes have account and texts of others before them. */
  readonly #added = new Set<string>();
  /** Those disguises by how they begin: there are thousands, and each outcome and each line of the log is searched for them. */
  readonly #beginnings = new Map<string, Set<string>>();

  add(name: string, value: string): void {
    const added = `${name}\n${value}`;
    if (value.trim().length < shortestSecret || this.#added.has(added)) return;
    this.#added.add(added);
    for (const disguise of disguisesOf(value)) this.#add(disguise.toLowerCase(), name);
  }

  /** A push's tokens, people and texts. The first six characters of a token may be shown. */
  addPush({ account, token, secondToken, notification }: Push): void {
    this.addToken(token);
    this.addToken(secondToken, 'the second token');
    this.add('the account', account);
    this.add('the sender', notification.sender ?? '');
    this.add('the body', notification.body ?? '');
    this.add('the nickname', notification.nickname ?? '');
    this.add('the encrypted payload', notification.encrypted?.payload ?? '');
    this.add('the id of a call', notification.jingle?.sid ?? '');
    this.add('the address of a meeting', notification.meet?.jid ?? '');
  }

  /** Unless it is so short that it occurs by chance. */
  addToken(token: string | undefined, name = 'the token'): void {
    if (token !== undefined && token.length >= shortestToken) this.add(name, token);
  }

  /** What of it stands in the value; nothing, if all is well. */
  findIn(value: unknown): string[] {
    const text = textOf(value).toLowerCase();
    const found = new Set<string>();
    for (let at = 0; at + shortestSecret <= text.length; at++) {
      for (const disguise of this.#beginnings.get(text.slice(at, at + shortestSecret)) ?? [])
        if (text.startsWith(disguise, at)) found.add(this.#names.get(disguise) ?? '');
    }
    // In the order in which they were added.
    return found.size === 0 ? [] : [...new Set(this.#names.values())].filter((name) => found.has(name));
  }

  #add(disguise: string, name: string): void {
    this.#names.set(disguise, name);
    const beginning = disguise.slice(0, shortestSecret);
    const known = this.#beginnings.get(beginning);
    if (known === undefined) this.#beginnings.set(beginning, new Set([disguise]));
    else known.add(disguise);
  }
}

function disguisesOf(value: string): Set<string> {
  const bytes = Buffer.from(value);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  const url = encodeURIComponent(value.toWellFormed());
  return new Set([value, base64, bytes.toString('base64url'), bytes.toString('hex'), url, JSON.stringify(value).slice(1, -1)]);
}
