import type { ProviderLog } from '../../push/provider/provider.ts';

/**
 * The door for REST handlers. A file below the folder of handlers is a module whose default export is a {@link RestHandler};
 * it answers `/rest/` and the path of the file without its extension, and whatever follows behind as parameters.
 */

/** One request, read whole. */
export interface RestRequest {
  readonly method: string;
  /** What follows the handler's own path, one entry for each segment, percent-decoded; never trust them as file names. */
  readonly parameters: readonly string[];
  readonly query: URLSearchParams;
  /** Names in lower case; those that came several times are joined as HTTP says. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The JSON that came with `Content-Type: application/json`; undefined where there was none, or it was broken. */
  readonly body: unknown;
  /** The fields that came with `Content-Type: application/x-www-form-urlencoded`; undefined where there were none, or they were not UTF-8. */
  readonly form?: URLSearchParams | undefined;
  /** Whom rate limits count: an IPv4 address or an IPv6 network. */
  readonly client?: string;
  /** Aborts when the time for an answer is over. */
  readonly signal: AbortSignal;
}

export interface RestAnswer {
  /** 200 where absent. */
  readonly status?: number;
  /** Sent as JSON; absent, and no `text` either: an empty answer. */
  readonly body?: unknown;
  /** Sent as it is, where there is no `body`. */
  readonly text?: string;
  /** Media type of `text`; `text/plain; charset=utf-8` where absent. */
  readonly type?: string;
}

/** The fields of a request of mod_push_appserver's HTTP API, as they came. */
export type PushAppserverDevice = Readonly<Partial<Record<'node' | 'secret' | 'token' | 'type', string>>>;

export type PushAppserverRefusal = { readonly kind: 'refused'; readonly reason: string };
export type PushAppserverRegistration = { readonly kind: 'done'; readonly node: string; readonly secret: string };

/** mod_push_appserver's HTTP API. All of it rejects as `unregister` of {@link RestTools} does. */
export interface PushAppserver {
  /** `admit` is called before a device that is not known yet is stored; what it throws is passed on. */
  register(device: PushAppserverDevice, admit: () => void): Promise<PushAppserverRefusal | PushAppserverRegistration>;
  unregister(device: PushAppserverDevice): Promise<PushAppserverRefusal | PushAppserverRegistration | { readonly kind: 'unknown' }>;
  /** Unknown node and wrong secret look the same and cost the same. */
  push(device: PushAppserverDevice, signal: AbortSignal): Promise<{ readonly kind: 'done' | 'failed' | 'unknown' }>;
}

/** What Reveille lends to every handler. */
export interface RestTools {
  /** Domain of the component, lower case. */
  readonly component: string;
  readonly log: ProviderLog;
  /** The bare JID in the form that accounts are kept in; undefined for anything else, whatever its type. */
  parseAccount(value: unknown): string | undefined;
  /**
   * Removes what this account (from `parseAccount`) registered with this token, in this spelling or as a provider tidies it;
   * true when there was something. Costs the
   * same whether they are known or not. Rejects when the account asks too often or the database is away: let that pass,
   * and the client gets the right answer (429, 503).
   */
  unregister(device: { readonly account: string; readonly token: string }): Promise<boolean>;
  /** Present where `dialects.mod_push_appserver.http` is true. `register` rejects where a client brings too many new devices: let that pass, too. */
  readonly pushAppserver?: Omit<PushAppserver, 'register'> & {
    register(device: PushAppserverDevice, client: string): ReturnType<PushAppserver['register']>;
  };
}

/**
 * Default export of a handler. Undefined is answered like a route that doesn't exist: 404 with an empty body. What it
 * throws is taken for a bug, logged, and answered 500 with an empty body. Called concurrently; each call has ten seconds.
 */
export type RestHandler = (request: RestRequest, tools: RestTools) => RestAnswer | undefined | Promise<RestAnswer | undefined>;

/** What a handler's module exports. */
export interface RestHandlerExports {
  readonly default: RestHandler;
  /** The methods it answers, in capitals; others are 404. `['POST']` where absent. */
  readonly methods?: readonly string[];
  /** Most bytes of a body, 8192 at most, which is also the bound where absent; longer ones are answered 413. */
  readonly maxBytes?: number;
}
