// Room: service accounts and access tokens. In: a key file. Out: an access token, or why there is none. May enter: fcm.
import type { ProviderLog } from '../../../src/index.ts';
import type { Endpoint } from '../../http2/endpoint.ts';
import { Occupancy } from '../../http2/session/occupancy.ts';
import type { Pool } from '../../http2/pool/pool.ts';
import { AccessTokens } from './access-tokens.ts';
import type { ServiceAccount } from './service-account.ts';
import { exchangeToken, type Grant } from './token-exchange.ts';

/** Connections and where they lead to. */
export interface Line {
  readonly endpoint: Endpoint;
  readonly pool: Pool;
}

/** One service account at work: its access tokens and the connection they come over, both of which it owns. */
export class AccountAccess {
  readonly account: ServiceAccount;
  readonly tokens: AccessTokens;
  /** Whoever begins a push enters, and leaves when it is done: until then tokens can be had. */
  readonly occupancy = new Occupancy();
  /** Why Google refuses this account's pushes, until it accepts one again. */
  refusedAs: string | undefined;
  /** Where access tokens come from. */
  readonly pool: Pool;
  readonly endpoint: Endpoint;
  readonly #log: ProviderLog;
  readonly #closing = new AbortController();

  /** The line leads to the account's `token_uri`. Nothing is opened before a token is needed. */
  constructor(account: ServiceAccount, { pool, endpoint }: Line, log: ProviderLog) {
    this.account = account;
    this.pool = pool;
    this.endpoint = endpoint;
    this.#log = log;
    this.tokens = new AccessTokens(() => this.#exchange());
  }

  get sessions(): number {
    return this.pool.sessions;
  }

  /** Why pushes have no chance, in words for an administrator. */
  get reasonNotReady(): string | undefined {
    const { denial } = this.tokens;
    if (denial?.kind === 'refused') return `Google gives the service account no access token: ${denial.reason}`;
    return this.refusedAs;
  }

  /** Lets the pushes that entered finish, then closes; nobody may enter any more. */
  async retire(): Promise<void> {
    await this.occupancy.empty();
    await this.close();
  }

  /** A push under way may still ask for a token; it is told that there is none. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.pool.close();
    await this.tokens.settled();
  }

  async #exchange(): Promise<Grant> {
    const grant = await exchangeToken(this.account, this.pool, this.#closing.signal);
    if (this.#closing.signal.aborted || grant.kind === 'granted') return grant;
    if (grant.kind === 'refused') this.#log.error('fcm-access-token-refused', { reason: grant.reason });
    else this.#log.warn('fcm-access-token-unavailable', { reason: grant.reason });
    return grant;
  }
}
