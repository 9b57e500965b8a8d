// Room: registrations and settings of other app servers, read from the files they leave. In: paths. Out: neutral records, and what can't be
// taken and why. May enter: cli.

/** One registration as another app server kept it. */
export interface FoundDevice {
  /** Bare JID, or only a domain where the other one never knew more; lower case. */
  readonly owner: string;
  /** The push service, or the provider id where that was registered. */
  readonly service: { readonly kind: 'apns' | 'fcm' } | { readonly provider: string };
  readonly token: string;
  readonly secondToken: string | undefined;
  readonly node: string;
  /** Other registrations of the source may stand behind the same node. */
  readonly isNodeShared?: true;
  readonly secret: string | undefined;
  /** Undefined where nobody wrote it down. */
  readonly registeredAt: Date | undefined;
  readonly dialect: FoundDialect | undefined;
}

export interface FoundDialect {
  readonly name: string;
  /** What its client calls it; undefined where only what its app looks for (`keys`) tells it from others. */
  readonly handle: string | undefined;
  readonly keys: Readonly<Record<string, string>>;
}

/** A registration, or why it can't be one; `place` is file and line. */
export type Found =
  | { readonly kind: 'device'; readonly place: string; readonly device: FoundDevice }
  | { readonly kind: 'refused'; readonly place: string; readonly reason: string };

/** The registrations of a source. May be read several times, unless it is a pipe. */
export interface FoundRegistrations {
  readonly isRepeatable: boolean;
  /** Bytes or files; undefined where nobody knows, as of a pipe. */
  readonly total: number | undefined;
  /** Adds to `extent` how much of that is read. Throws SourceUnusable where what follows can't be trusted; what came before is good. */
  read(extent: { done: number }): AsyncIterable<Found>;
}

/** What is known of the Reveille that takes it over; undefined where there is no configuration yet. */
export interface Surroundings {
  /** Address of the component. */
  readonly service: string;
  readonly providerIds: readonly string[];
  /** So many of an account are kept. */
  readonly devicesPerOwner: number;
}

/** A source can't be read as what it should be; the message says where, and what to do. */
export class SourceUnusable extends Error {
  override readonly name = 'SourceUnusable';
}

const longestToken = 4096;
const longestNode = 256;

/** Why this can't stand in the registry, whoever registered it; without any of its values. */
export function findFault({ node, token, secondToken, secret, owner }: FoundDevice): string | undefined {
  if (node === '') return 'it has no node';
  if (token === '') return 'it has no token';
  if (Buffer.byteLength(node) > longestNode) return `its node has more than ${longestNode} bytes`;
  if (token.length > longestToken) return `its token has more than ${longestToken} characters`;
  if (secret === '') return 'it has no secret';
  if (owner === '') return 'it has no owner';

  const isBroken = [node, token, secondToken, secret, owner].some(
    (value) => value !== undefined && /[\u0000-\u001f\u007f\ufffd]/.test(value),
  );
  return isBroken ? 'a value has characters that none can have' : undefined;
}
