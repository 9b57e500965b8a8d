import type { Connection } from './connection.ts';
import type { Exchange } from './exchange.ts';

/** After a GOAWAY with an error, the connection is cut. */
const leaveMs = 1_000;

/** What any service can do instead of answering a request that is in order. */
export type WireMisbehaviour =
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'silence' }
  /** RST_STREAM with this code (default 0) in place of a response. */
  | { readonly kind: 'close-stream'; readonly code?: number }
  /** GOAWAY; without a last stream id, the last one received. With code 0 the request itself is accepted. */
  | { readonly kind: 'goaway'; readonly code: number; readonly lastStreamId?: number; readonly reason?: string }
  | { readonly kind: 'disconnect'; readonly how: 'fin' | 'rst' }
  | { readonly kind: 'freeze' }
  /** FIN, but from here only: the connection stays, and nothing more comes over it. */
  | { readonly kind: 'half-open' };

/** What a misbehaviour may do with one request. */
export interface Scene {
  readonly exchange: Exchange;
  readonly connection: Connection;
  accept(): void;
  /** The debug data of a GOAWAY for this reason. */
  encodeReason(reason: string): string;
  /** Does it later, unless the sandbox is closed before. */
  later(ms: number, act: () => void): void;
}

type Acts = { readonly [K in WireMisbehaviour['kind']]: (told: Extract<WireMisbehaviour, { kind: K }>, scene: Scene) => void };

/** One row per switch. A row that does not accept leaves the request without an answer. */
const acts: Acts = {
  delay: ({ ms }, scene) => scene.later(ms, () => scene.accept()),
  silence: () => undefined,
  'close-stream': ({ code = 0 }, { exchange }) => exchange.reset(code),
  goaway: goAway,
  disconnect: ({ how }, { connection }) => connection.cut(how),
  freeze: (_, { connection }) => connection.freeze(),
  'half-open': (_, { connection }) => connection.halfClose(),
};

export function misbehave(told: WireMisbehaviour, scene: Scene): void {
  const act = acts[told.kind] as (told: WireMisbehaviour, scene: Scene) => void;
  act(told, scene);
}

function goAway({ code, lastStreamId, reason }: Extract<WireMisbehaviour, { kind: 'goaway' }>, scene: Scene): void {
  const { connection, exchange } = scene;
  // For 0 Node would announce the last stream received, and not what was asked for.
  const data = reason === undefined ? undefined : Buffer.from(scene.encodeReason(reason));
  connection.goAway(code, lastStreamId ?? exchange.streamId ?? 0, data);
  if (code === 0) scene.accept();
  else scene.later(leaveMs, () => connection.cut('fin'));
}
