import type { Fault } from './fault.ts';
import type { Ledger } from './ledger.ts';

/** A client's name in the table. */
export interface ClientName {
  readonly name: string;
  readonly speaksHttp1?: true;
}

/** A sandbox for one client and one fault. */
export interface Stand<S, W> {
  readonly sandbox: S;
  /** How the client's process reaches it, and as whom: plain data. */
  readonly way: W;
  /** Between the push that shows that all is well and the burst. */
  readonly restMs: number;
  close(): Promise<void>;
}

/** A push service whose faults are measured: S its sandbox, W the way to it, F its faults. */
export interface Subject<S, W, F extends Fault<S>> {
  /** The npm script. */
  readonly script: string;
  /** The page that holds the table. */
  readonly page: string;
  /** Reveille comes first. */
  readonly clients: readonly ClientName[];
  /** The npm packages of the other clients. */
  readonly packages: readonly string[];
  readonly faults: readonly F[];
  /** Of bursts of a hundred: enough to see that the bench works. */
  readonly quickFaults: readonly F[];
  /** How long a client has for a burst and its recovery: longer than any limit that it sets itself. */
  readonly patienceMs: number;
  /** The program that calls `serveClients`. */
  readonly child: URL;
  buildToken(): string;
  /** Whether an answer with this status, other than 200, is the last word about a push. */
  isFinal(status: number): boolean;
  /** Whoever opens it closes it. */
  open(fault: F, client: ClientName, ledger: Ledger): Promise<Stand<S, W>>;
}
