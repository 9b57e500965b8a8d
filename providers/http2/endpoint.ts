// Room: requests over HTTP/2, and over HTTP/1.1 where a server speaks nothing newer, for every provider: each settles once. In: requests. Out: exchanges. May enter: providers.
import type { LookupAddress } from 'node:dns';
import type { SecureContext, TLSSocket } from 'node:tls';
import type { Goaways } from './goaways.ts';

/** Where to connect, as whom, whom to trust, and how much the server bears. */
export interface Endpoint {
  readonly origin: URL;
  /** PEM text of trust anchors beside the usual ones; they count for `https:` proxies as well. */
  readonly ca?: string | undefined;
  /** PEM text: certificate chain and key of the client. A proxy never sees it. */
  readonly client?: { readonly cert: string; readonly key: string } | undefined;
  /** HTTP CONNECT proxies, tried in turn; user and password percent-encoded in the URL. */
  readonly proxies?: readonly URL[] | undefined;
  /** One request at a time on a new connection until the server accepted one (APNs with token authentication). */
  readonly startsAtOne?: boolean | undefined;
  /** Requests at a time over one connection, where the server allows as many. Default 500. */
  readonly maxStreams?: number | undefined;
  /** Connections at a time. Default four. */
  readonly maxSessions?: number | undefined;
  /** The same over HTTP/1.1, where each bears one request. Default sixteen. */
  readonly maxHttp1Sessions?: number | undefined;
  /** After many refusals in a row one request at a time: for a server that closes connections that bring them (APNs). */
  readonly resentsRefusals?: boolean | undefined;
  /** A request that may have been processed or not is sent once more: a double does less harm than a loss. */
  readonly repeatsInDoubt?: boolean | undefined;
  /** A connection is replaced at about this age: a quarter more or less, so that not all go at once. Default twelve hours. */
  readonly sessionAgeMs?: number | undefined;
  /** After so long without any answer on a connection, pings aside, new requests go to another one. Default three seconds. */
  readonly silentAfterMs?: number | undefined;
  /** Where connections that the server ends are counted. */
  readonly goaways?: Goaways | undefined;
  /** Every address of a host name; asked for each connection. Default the system's resolver. */
  readonly resolve?: ((hostname: string) => Promise<readonly LookupAddress[]>) | undefined;
  /** A proxy is told an address that `resolve` gave, never the name: nobody else resolves it once more. */
  readonly resolvesForProxies?: boolean | undefined;
  /** Takes a connection to a server that speaks HTTP/1.1 only, and owns it. Absent: such a server is no good. */
  readonly takeHttp1?: ((socket: TLSSocket) => void) | undefined;
  /** Made of `ca` and `client` once for many endpoints; absent where each makes its own. */
  readonly secureContext?: SecureContext | undefined;
  /** Characters of an answer that are kept; of a longer one the rest is not waited for. Default some 64 thousand. */
  readonly longestAnswer?: number | undefined;
}
