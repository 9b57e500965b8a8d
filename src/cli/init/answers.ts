import type { ServerKind } from './server-kinds.ts';

/** Where the XMPP server is, and what it is. */
export interface ServerAnswer {
  readonly kind: ServerKind;
  /** As it stands in `component.server`. */
  readonly address: string;
}

/** The table of a provider, as it is to stand in the configuration. Passwords are in `secrets`, by key. */
export interface ProviderAnswer {
  readonly id: string;
  readonly use: string;
  readonly options: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** Everything that was asked for. */
export interface Answers {
  readonly server: ServerAnswer;
  readonly jid: string;
  readonly secret: string;
  readonly provider: ProviderAnswer;
  readonly listen: string;
}
