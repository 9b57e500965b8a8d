import type { Connection } from '../server/connection.ts';
import { headerOf, type SandboxRequest } from '../server/request.ts';
import { topicsOf } from '../topics.ts';
import { createProviderTokens, type KnownKey } from './provider-tokens.ts';
import { buildRefusal, type Refusal } from './refusal.ts';

/** By what clients are told apart: who asks, and what he may push to. */
export interface ClientRules {
  readonly keys: readonly KnownKey[];
  isKnownTopic(topic: string): boolean;
  readonly clock: () => number;
}

/** Who is at the other end of a connection. */
export interface Client extends Identity {
  readonly connection: Connection;
  readonly certificateSerial: string | undefined;
  /** From now on every provider token is an expired one. */
  wedge(): void;
}

interface Identity {
  /** Topic of a push that names none: the certificate's own. */
  readonly defaultTopic: string | undefined;
  isAllowedTopic(topic: string): boolean;
  authenticate(request: SandboxRequest): Refusal | undefined;
}

/** Known by its certificate where it has one, by its provider tokens otherwise. */
export function createClient(connection: Connection, rules: ClientRules): Client {
  const certificate = connection.peer.getPeerX509Certificate();
  const identity = certificate === undefined ? identifyByToken(connection, rules) : identifyByCertificate(connection, certificate.raw);
  let isWedged = false;
  return {
    connection,
    certificateSerial: certificate?.serialNumber,
    ...identity,
    authenticate: (request) => (isWedged ? buildRefusal('ExpiredProviderToken') : identity.authenticate(request)),
    wedge: () => void (isWedged = true),
  };
}

function identifyByCertificate({ limit, peer }: Connection, certificate: Buffer): Identity {
  const topics = topicsOf(certificate);
  limit.proven();
  return {
    defaultTopic: topics[0],
    isAllowedTopic: (topic) => topics.includes(topic),
    authenticate: () => (peer.authorized ? undefined : buildRefusal('BadCertificate')),
  };
}

/** Apple allows one stream until a valid token has been seen. */
function identifyByToken({ limit }: Connection, rules: ClientRules): Identity {
  const tokens = createProviderTokens(rules.keys, rules.clock);
  return {
    defaultTopic: undefined,
    isAllowedTopic: (topic) => rules.isKnownTopic(topic),
    authenticate(request) {
      const refusal = tokens.check(headerOf(request, 'authorization'));
      if (refusal === undefined) limit.proven();
      return refusal;
    },
  };
}
