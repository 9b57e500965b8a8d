// Room: credentials while it runs: uploads, ends, proofs. In: uploads and the clock. Out: providers that use them, alarms. May enter: app,
// handlers, cli.
import type { Log } from '../../log/log.ts';
import type { CredentialStore, StoredCredential } from '../../registry/credentials/credential-store.ts';
import { readMessage } from '../guard/describe-error.ts';
import type { CertificateSlot, CertificateSummary, CertificateUpload, Provider } from '../provider/provider.ts';
import { Retry } from '../../base/retry.ts';
import { buildContent } from './stored-upload.ts';
import { takeStored, type Reception } from './take-stored.ts';

export interface CertificatesOptions {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly store: CredentialStore;
  readonly log: Log;
}

/** What became of the certificate that the database has for a provider. */
export interface Uploaded {
  readonly uploadedAt: Date;
  /** Why this instance does not use it, in words; undefined where it does. */
  readonly obstacle: string | undefined;
}

/**
 * The certificates that administrators upload: each is checked by its provider, kept encrypted in the database, and used by
 * every instance as soon as it hears of it. While the database is away providers keep what they have.
 */
export class Certificates {
  /** The providers that take a certificate, by id. */
  readonly slots: ReadonlyMap<string, CertificateSlot>;
  readonly #store: CredentialStore;
  readonly #log: Log;
  readonly #retry = new Retry(() => this.#hear());
  readonly #receptions = new Map<string, Reception>();
  #turn: Promise<unknown> = Promise.resolve();
  #isReadAhead = false;
  #isClosed = false;

  constructor({ providers, store, log }: CertificatesOptions) {
    this.slots = new Map([...providers].flatMap(([id, { certificateSlot: slot }]) => (slot === undefined ? [] : [[id, slot]])));
    this.#store = store;
    this.#log = log;
  }

  /** False without a key to encrypt them with: then {@link upload} must not be called. */
  get canKeep(): boolean {
    return this.#store.canKeep;
  }

  /** Settles when what the database has is in use, or when the database could not be asked; that is tried again. Never rejects. */
  load(): Promise<void> {
    return this.#refresh();
  }

  /** The same, and from now on what any instance uploads is in use soon after. */
  async start(): Promise<void> {
    await this.load();
    this.#store.watch(() => this.#hear());
  }

  /**
   * Checks, keeps and uses a certificate for a provider of {@link slots}. Rejects with the slot's Error where it does not pass, and
   * with `DatabaseUnavailable` where it can't be kept.
   */
  upload(provider: string, upload: CertificateUpload): Promise<CertificateSummary> {
    const slot = this.slots.get(provider);
    if (slot === undefined) throw new TypeError(`provider "${provider}" takes no certificate`);
    return this.#takeTurn(async () => {
      const summary = slot.check(upload);
      const content = buildContent(upload);
      const updatedAt = await this.#store.keep(provider, content);
      const { obstacle } = this.#take({ kind: 'open', provider, content, updatedAt });
      if (obstacle !== undefined) throw new Error(obstacle);
      return summary;
    });
  }

  /** What the database has for a provider; undefined where it has nothing. */
  uploaded(provider: string): Uploaded | undefined {
    return this.#receptions.get(provider);
  }

  /** From now on nothing is read. Called before the store and the providers close. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.#retry.close();
    return Promise.resolve();
  }

  /** Many may change at once: whoever still waits for its turn reads them all. */
  #hear(): void {
    if (this.#isReadAhead || this.#isClosed) return;
    this.#isReadAhead = true;
    void this.#refresh();
  }

  #refresh(): Promise<void> {
    return this.#takeTurn(async () => {
      this.#isReadAhead = false;
      try {
        for (const credential of await this.#store.read()) this.#take(credential);
        this.#retry.succeeded();
      } catch (error) {
        if (!this.#retry.isFailing) this.#log.warn('certificates-not-read', { reason: readMessage(error) });
        this.#retry.failed();
      }
    });
  }

  /** One after the other: an upload and a reading that began before it would undo each other. */
  #takeTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #take(credential: StoredCredential): Reception {
    const { provider } = credential;
    const reception = takeStored(credential, this.slots.get(provider), this.#receptions.get(provider), this.#log);
    this.#receptions.set(provider, reception);
    return reception;
  }
}
