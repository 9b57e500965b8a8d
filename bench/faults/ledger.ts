/** What the service saw of each device token, which stands for one push. */
interface Entry {
  requests: number;
  accepted: number;
  refused: number;
}

/** The service's own account of one burst and of the probes that run beside it. */
export class Ledger {
  /** When the fault began; a fault that holds from the start begins with the burst. */
  faultAt: number | undefined;
  /** Milliseconds from the fault to the first acceptance of a probe sent after it. */
  recoveredMs: number | undefined;
  readonly #isFinal: (status: number) => boolean;
  readonly #entries = new Map<string, Entry>();
  readonly #probes = new Map<string, number>();

  /** `isFinal` says which refusals are the last word about a push. */
  constructor(isFinal: (status: number) => boolean) {
    this.#isFinal = isFinal;
  }

  probe(token: string): void {
    this.#probes.set(token, Date.now());
  }

  requested(token: string, isMisbehaved: boolean): void {
    if (isMisbehaved) this.faultAt ??= Date.now();
    this.#entry(token).requests += 1;
  }

  answered({ token, status }: { readonly token: string; readonly status: number }): void {
    const entry = this.#entry(token);
    if (status === 200) entry.accepted += 1;
    else if (this.#isFinal(status)) entry.refused += 1;
    const sentAt = this.#probes.get(token);
    if (status !== 200 || sentAt === undefined || this.faultAt === undefined || sentAt < this.faultAt) return;
    this.recoveredMs ??= Date.now() - this.faultAt;
  }

  count(tokens: readonly string[]): { readonly accepted: number; readonly retried: number; readonly twice: number; readonly lost: number } {
    const entries = tokens.map((token) => this.#entry(token));
    const sum = (of: (entry: Entry) => number) => entries.reduce((total, entry) => total + of(entry), 0);
    return {
      accepted: sum(({ accepted }) => Math.min(1, accepted)),
      retried: sum(({ requests }) => Math.max(0, requests - 1)),
      twice: sum(({ accepted }) => (accepted > 1 ? 1 : 0)),
      lost: sum(({ accepted, refused }) => (accepted + refused > 0 ? 0 : 1)),
    };
  }

  #entry(token: string): Entry {
    const known = this.#entries.get(token);
    if (known !== undefined) return known;
    const fresh = { requests: 0, accepted: 0, refused: 0 };
    this.#entries.set(token, fresh);
    return fresh;
  }
}
