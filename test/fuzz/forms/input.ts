import type { Piece } from '../stanzas/input.ts';

/** Who asks. `admin` may run everything, `anna` and `ben` may register devices, `server` is no person. */
export const people = {
  admin: 'admin@localhost/desk',
  anna: 'anna@localhost/phone',
  ben: 'ben@other.example/phone',
  server: 'other.example',
} as const;
export type Person = keyof typeof people;

/** Passwords that are sent; nothing else holds them, and no answer may. */
export const passwords = ['pw-hunter2-of-a-person', 'pw-secret-of-a-file'] as const;

/** Which session id a step shows: its own as it was given before, one of somebody else, and so on. */
export const sessionKinds = ['none', 'own', 'forged', 'foreign', 'expired', 'other-command', 'cut', 'empty'] as const;
export type SessionKind = (typeof sessionKinds)[number];

export interface Field {
  /** Undefined: the attribute is left out. */
  readonly var?: Piece;
  readonly type?: Piece;
  readonly values: readonly Piece[];
}

/** One request of a command. */
export interface Step {
  readonly node: Piece;
  readonly action?: Piece;
  readonly session: SessionKind;
  /** Undefined: no form. */
  readonly form?: { readonly type?: Piece; readonly fields: readonly Field[] };
}

/** The stages of one command, or what takes itself for them. */
export interface FormInput {
  readonly from: Person;
  readonly steps: readonly Step[];
}
