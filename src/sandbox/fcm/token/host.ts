import type { Authority } from '../../authority.ts';
import type { Connection } from '../../server/connection.ts';
import { Front } from '../../server/front.ts';
import { createServer, listen } from '../../server/listener.ts';
import type { AccessTokens } from './access-tokens.ts';
import { createServiceAccounts, type ServiceAccounts } from './service-accounts.ts';
import { createTokenDesk, tokenPath, type TokenDesk, type TokenDeskOptions } from './desk.ts';

const streams = 100;

export interface TokenHostOptions extends Pick<TokenDeskOptions, 'onTokenRequest'> {
  readonly authority: Authority;
  readonly projectId: string;
  readonly host: string;
  readonly port: number;
  readonly audiences: readonly string[];
  readonly accessTokens: AccessTokens;
  readonly clock: () => number;
}

/** The OAuth 2.0 side: knows the service accounts and gives access tokens for their assertions. */
export interface TokenHost {
  readonly tokenUri: string;
  readonly accounts: ServiceAccounts;
  readonly desk: TokenDesk;
  /** Ends every connection. Called by whoever created it. */
  close(): Promise<void>;
}

/** Settles when the port listens; rejects when it can't. */
export async function createTokenHost(options: TokenHostOptions): Promise<TokenHost> {
  const { authority, projectId, host, port, accessTokens, audiences, clock, onTokenRequest } = options;
  const server = createServer({ authority, maxConcurrentStreams: streams, allowHTTP1: true });
  const tokenUri = `${await listen(server, port, host)}${tokenPath}`;
  const accounts = createServiceAccounts(projectId, tokenUri);
  const desk = createTokenDesk({ rules: { accounts, audiences: [tokenUri, ...audiences], clock }, accessTokens, onTokenRequest });
  const front = new Front<Connection>(server, {
    limits: { first: streams, full: streams, habits: new Set() },
    greet: (connection) => connection,
    serve: (request, exchange, connection) => desk.serve(request, exchange, connection),
  });
  return {
    tokenUri,
    accounts,
    desk,
    async close() {
      desk.close();
      await front.close();
    },
  };
}
