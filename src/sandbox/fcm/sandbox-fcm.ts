// Room: an FCM with its token host. In: HTTP/2 requests. Out: Google's answers. May enter: cli, tests, benches, demo.
import type { Authority } from '../authority.ts';
import type { Scope } from '../server/plans.ts';
import type { Habit } from '../server/stream-limit.ts';
import type { SandboxService } from '../server/service.ts';
import type { Witness } from '../server/witness.ts';
import { createAccessTokens, type AccessTokens } from './token/access-tokens.ts';
import type { DeviceTokens } from './message/device-tokens.ts';
import { createMessageHost, type MessageHost } from './message/host.ts';
import type { FcmMisbehaviour } from './misbehaviour.ts';
import type { SandboxFcmAnswer, SandboxFcmPush } from './message/push.ts';
import type { ServiceAccountFile, ServiceAccounts } from './token/service-accounts.ts';
import { createTokenHost, type TokenHost } from './token/host.ts';
import type { TokenMisbehaviour } from './token/misbehaviour.ts';
import type { SandboxTokenRequest } from './token/request.ts';

export type { FcmMisbehaviour, SandboxFcmAnswer, SandboxFcmPush, SandboxTokenRequest, ServiceAccountFile, TokenMisbehaviour };

const lifeSecondsByDefault = 3599;

export interface SandboxFcmOptions extends Witness<SandboxFcmAnswer> {
  /** Makes the servers' certificate. */
  readonly authority: Authority;
  readonly projectId?: string;
  /** The sender id. */
  readonly projectNumber?: string;
  readonly host?: string;
  readonly port?: number;
  /** The same host unless said otherwise. */
  readonly tokenHost?: string;
  readonly tokenPort?: number;
  /** MAX_CONCURRENT_STREAMS of the message host. */
  readonly streams?: number;
  /** How many accepted messages are remembered. */
  readonly keep?: number;
  /** Life of an access token. */
  readonly tokenLifeSeconds?: number;
  /** What an assertion's `aud` may be besides the token host's address, for clients in which Google's own is fixed. */
  readonly audiences?: readonly string[];
  readonly clock?: () => number;
  /** Every token exchange that was answered. */
  readonly onTokenRequest?: ((request: SandboxTokenRequest) => void) | undefined;
}

/** An FCM on this machine, HTTP v1: a message host and a token host, Google's checks and words. */
export interface SandboxFcm
  extends
    Pick<DeviceTokens, 'unregister' | 'markOtherSender' | 'markBad' | 'revive'>,
    Pick<ServiceAccounts, 'revoke'>,
    // Pushes are messages to devices but for those with validate_only; connections and habits are those of the message host.
    SandboxService<SandboxFcmPush, FcmMisbehaviour> {
  readonly tokenUri: string;
  /** Those with validate_only: judged the same and not delivered. */
  readonly validated: readonly SandboxFcmPush[];
  /** Every token exchange that was answered, oldest first. */
  readonly tokenRequests: readonly SandboxTokenRequest[];
  issueServiceAccount: ServiceAccounts['issue'];
  /** Does this to token requests that are in order, from the next one on. */
  misbehaveTokens(told: TokenMisbehaviour, scope?: Scope): void;
  /** Every access token issued so far has expired. */
  expireAccessTokens(): void;
}

/** Settles when both ports listen; rejects when one can't. */
export async function createSandboxFcm(options: SandboxFcmOptions): Promise<SandboxFcm> {
  const { projectId = 'sandbox-project', projectNumber = '1234567890', host = '127.0.0.1', clock = Date.now } = options;
  const { port = 0, tokenHost: tokenAddress = host, tokenPort = 0, streams = 100, keep: kept = 10_000, audiences = [] } = options;
  const habits = new Set<Habit>();
  const accessTokens = createAccessTokens(options.tokenLifeSeconds ?? lifeSecondsByDefault, clock);
  const isProjectOf = (project: string, id: string) => project === id || (project === projectNumber && id === projectId);
  const messageHost = await createMessageHost({ ...options, host, port, streams, kept, habits, accessTokens, isProjectOf });
  try {
    const tokenHost = await createTokenHost({ ...options, projectId, host: tokenAddress, port: tokenPort, audiences, accessTokens, clock });
    return combine(messageHost, tokenHost, habits, accessTokens);
  } catch (error) {
    await messageHost.close();
    throw error;
  }
}

function combine(messageHost: MessageHost, tokenHost: TokenHost, habits: Set<Habit>, accessTokens: AccessTokens): SandboxFcm {
  const { desk, origin } = messageHost;
  const { desk: tokenDesk, accounts, tokenUri } = tokenHost;
  return {
    origin,
    tokenUri,
    pushes: desk.journal.pushes,
    validated: desk.validated.pushes,
    tokenRequests: tokenDesk.requests,
    get connections() {
      return messageHost.connections;
    },
    issueServiceAccount: (account) => accounts.issue(account),
    revoke: (account) => accounts.revoke(account),
    unregister: (token) => desk.tokens.unregister(token),
    markOtherSender: (token) => desk.tokens.markOtherSender(token),
    markBad: (token) => desk.tokens.markBad(token),
    revive: (token) => desk.tokens.revive(token),
    waitFor: (predicate, limitMs) => desk.journal.waitFor(predicate, limitMs),
    misbehave: (told, scope) => desk.plans.add(told, scope),
    misbehaveTokens: (told, scope) => tokenDesk.plans.add(told, scope),
    adopt: (habit) => void habits.add(habit),
    behave() {
      desk.plans.clear();
      tokenDesk.plans.clear();
      habits.clear();
    },
    expireAccessTokens: () => accessTokens.expireAll(),
    async close() {
      await Promise.all([messageHost.close(), tokenHost.close()]);
    },
  };
}
