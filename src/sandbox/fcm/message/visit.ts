import { randomBytes, randomInt } from 'node:crypto';
import type { Connection } from '../../server/connection.ts';
import { headerOf, type SandboxRequest } from '../../server/request.ts';
import type { AccessTokens, Grant } from '../token/access-tokens.ts';
import { buildMessage, type Message } from './message.ts';
import { sendRequest } from './fields.ts';
import { readFields, type Reading } from './read-fields.ts';

const pathPattern = /^\/v1\/projects\/([^/?]+)\/messages:send(?:\?.*)?$/;

/** A request and what follows from it. */
export interface Visit {
  readonly request: SandboxRequest;
  readonly connection: Connection;
  readonly id: string;
  /** Project of the path; undefined where nothing is served at that path. */
  readonly project: string | undefined;
  readonly hasAccessToken: boolean;
  readonly grant: Grant | undefined;
  readonly reading: Reading;
  readonly message: Message;
}

export function buildVisit(request: SandboxRequest, connection: Connection, accessTokens: AccessTokens): Visit {
  const [, accessToken] = /^Bearer (.+)$/i.exec(headerOf(request, 'authorization') ?? '') ?? [];
  const reading = readFields(request.body, sendRequest);
  return {
    request,
    connection,
    // Microseconds and two random numbers, as FCM's own are.
    id: `0:${Date.now()}${String(randomInt(1000)).padStart(3, '0')}%${randomBytes(8).toString('hex')}`,
    project: request.method === 'POST' ? pathPattern.exec(request.path)?.[1] : undefined,
    hasAccessToken: accessToken !== undefined,
    grant: accessToken === undefined ? undefined : accessTokens.find(accessToken),
    reading,
    message: buildMessage('fields' in reading ? reading.fields : {}),
  };
}
