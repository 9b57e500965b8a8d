/** A statement that the server parses once per connection; one name always stands for the same text. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export type Row = Readonly<Record<string, unknown>>;

export interface Queries {
  /** Settles with the rows. Rejects with `DatabaseUnavailable` where the database can't answer now or in time. */
  readonly query: (statement: Statement, values?: readonly unknown[]) => Promise<readonly Row[]>;
}

export interface Transaction extends Queries {
  /** Runs several statements without values, as a migration has them. */
  readonly script: (text: string) => Promise<void>;
}

export interface ListenHandlers {
  onPayload(payload: string): void;
  /** Called after every connect: notifications sent before it were missed. */
  onReset(): void;
}

/** All that the program knows of its database; the embedded and the administrator's own one look the same. */
export interface Database extends Queries {
  /** Commits when `work` resolves, rolls back and rejects with its error when it rejects. `limitMs` bounds every statement. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>, limitMs?: number): Promise<T>;
  /**
   * Hears a NOTIFY channel on a connection of its own, which reconnects until `close`. Settles once it is heard for the
   * first time, or rejects when the first connect fails.
   */
  listen(channel: string, handlers: ListenHandlers): Promise<void>;
  /** Ends every connection; queries under way get a few seconds. Called by whoever created the database. */
  close(): Promise<void>;
}
