import { createHash } from 'node:crypto';
import type { ProviderLog } from '../../src/index.ts';
import type { Endpoint } from '../http2/endpoint.ts';
import type { Hmac } from './request/hmac.ts';
import type { Goaways } from '../http2/goaways.ts';
import { Occupancy } from '../http2/session/occupancy.ts';
import { createPool, type Pool } from '../http2/pool/pool.ts';
import { chooseProxies } from '../http2/proxy/choice.ts';
import type { ClientCertificate } from './credentials/certificate.ts';
import { buildCollapseKey } from './request/collapse.ts';
import { coversCalls, type Credentials } from './credentials/credentials.ts';
import type { ApnsOptions } from './options.ts';
import { withQuarantine } from './quarantine.ts';
import { shareProviderToken } from './credentials/shared-token.ts';
import type { ProviderToken } from './credentials/token.ts';
import type { Environment } from './credentials/extension.ts';

/** Connections and where they lead to. */
interface Line {
  readonly endpoint: Endpoint;
  readonly pool: Pool;
}

/** The connections to one service; calls have their own where they need a certificate of their own. */
interface Lines {
  readonly messages: Line;
  readonly calls: Line;
}

/** A line by what it is for; `calls` only where these have connections of their own. */
export interface Way extends Line {
  readonly environment: Environment;
  readonly line: keyof Lines;
}

export interface AccessSettings {
  readonly options: ApnsOptions;
  /** PEM text of trust anchors for the endpoints. */
  readonly ca: string | undefined;
  readonly log: ProviderLog;
  /** Counts for all credentials there ever are. */
  readonly goaways: Goaways;
}

/**
 * What one set of credentials opens: the pools, which it owns, and what goes with them. It opens no connection before the
 * first request. Throws where the proxy of the environment is unusable.
 */
export class Access {
  readonly credentials: Credentials;
  /** Whoever begins a push enters, and leaves when it is done: until then the pools stay open. */
  readonly occupancy = new Occupancy();
  readonly topic: string;
  readonly token: ProviderToken | undefined;
  readonly collapseKey: Hmac;
  /** Contract of `Provider.identity`. */
  readonly identity: string;
  /** Why Apple refuses these credentials, until it accepts a push again. */
  refusedAs: string | undefined;
  readonly #lines: ReadonlyMap<Environment, Lines>;
  readonly #order: readonly Environment[];
  readonly #reversed: readonly Environment[];

  constructor(credentials: Credentials, settings: AccessSettings) {
    this.credentials = credentials;
    this.topic = credentials.kind === 'none' ? '' : credentials.topic;
    this.token = credentials.kind === 'key' ? shareProviderToken(credentials) : undefined;
    this.collapseKey = buildCollapseKey(credentials);
    this.#lines = buildLines(credentials, settings);
    this.#order = [...this.#lines.keys()];
    this.#reversed = this.#order.toReversed();
    this.identity = identify(credentials, this.ways());
  }

  /** Calls can be announced to PushKit, as long as its certificate has not ended. */
  get coversCalls(): boolean {
    return coversCalls(this.credentials);
  }

  get sessions(): number {
    return this.#pools().reduce((sum, pool) => sum + pool.sessions, 0);
  }

  /** The services to ask for a device in this order; the second, where there is one, only about an unknown token. */
  order(remembered: string | undefined): readonly Environment[] {
    return this.#order.length > 1 && this.#order[1] === remembered ? this.#reversed : this.#order;
  }

  pool(environment: Environment, line: keyof Lines): Pool {
    const lines = this.#lines.get(environment);
    if (lines === undefined) throw new TypeError(`no endpoint for ${environment}`);
    return lines[line].pool;
  }

  /** Every line there is, once. */
  ways(): readonly Way[] {
    return [...this.#lines].flatMap(([environment, { messages, calls }]) => {
      const way: Way = { environment, line: 'messages', ...messages };
      return calls === messages ? [way] : [way, { environment, line: 'calls', ...calls }];
    });
  }

  /** Lets the pushes that entered finish, then closes; nobody may enter any more. */
  async retire(): Promise<void> {
    await this.occupancy.empty();
    await this.close();
  }

  async close(): Promise<void> {
    await Promise.all(this.#pools().map((pool) => pool.close()));
  }

  #pools(): readonly Pool[] {
    return this.ways().map(({ pool }) => pool);
  }
}

/** A renewed certificate is another one: Apple may have made it for another environment. */
function identify(credentials: Credentials, ways: readonly Way[]): string {
  const where = ways.map(({ environment, endpoint }) => [environment, endpoint.origin.href]);
  return createHash('sha256')
    .update(JSON.stringify([proofOf(credentials), where]))
    .digest('base64url');
}

function proofOf(credentials: Credentials): readonly string[] {
  switch (credentials.kind) {
    case 'certificate':
      return [credentials.topic, credentials.certificate.cert, credentials.pushKit?.cert ?? ''];
    case 'key':
      return [credentials.topic, credentials.teamId, credentials.keyId];
    case 'none':
      return [];
    default:
      return credentials satisfies never;
  }
}

function buildLines(credentials: Credentials, settings: AccessSettings): ReadonlyMap<Environment, Lines> {
  const { environment, endpoint, 'sandbox-endpoint': sandboxEndpoint, 'fallback-to-sandbox': hasFallback } = settings.options;
  const production = ['production', buildLine(endpoint, credentials, settings)] as const;
  if (environment === 'production' && !hasFallback) return new Map([production]);
  const sandbox = ['sandbox', buildLine(sandboxEndpoint, credentials, settings)] as const;
  return environment === 'sandbox' ? new Map([sandbox]) : new Map([production, sandbox]);
}

function buildLine(endpoint: string, credentials: Credentials, { options, ca, log, goaways }: AccessSettings): Lines {
  const origin = new URL(endpoint);
  const proxies = chooseProxies(options.proxy, origin, process.env);
  const build = (client: ClientCertificate | undefined): Line => {
    const startsAtOne = credentials.kind === 'key';
    const reached = { origin, ca, client, proxies, startsAtOne, repeatsInDoubt: true, resentsRefusals: true, goaways };
    return { endpoint: reached, pool: withQuarantine(createPool(reached, log)) };
  };
  if (credentials.kind !== 'certificate') return twice(build(undefined));
  const { certificate, pushKit } = credentials;
  return pushKit === undefined ? twice(build(certificate)) : { messages: build(certificate), calls: build(pushKit) };
}

function twice(line: Line): Lines {
  return { messages: line, calls: line };
}
