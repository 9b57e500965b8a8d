import type { ServerHttp2Stream } from 'node:http2';
import type { Connection } from './connection.ts';

/** After a GOAWAY with an error, the connection is cut. */
const leaveMs = 1_000;

/** What the sandbox does instead of accepting a push that is in order. */
export type Misbehaviour =
  | { readonly kind: 'answer'; readonly status: number; readonly reason: string; readonly timestamp?: number }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'silence' }
  /** RST_STREAM with this code (default 0) in place of a response. */
  | { readonly kind: 'close-stream'; readonly code?: number }
  /** GOAWAY; without a last stream id, the last one received. With code 0 the push itself is accepted. */
  | { readonly kind: 'goaway'; readonly code: number; readonly lastStreamId?: number; readonly reason?: string }
  | { readonly kind: 'disconnect'; readonly how: 'fin' | 'rst' }
  | { readonly kind: 'freeze' }
  /** FIN, but from here only: the connection stays, and nothing more comes over it. */
  | { readonly kind: 'half-open' }
  /** The refusal's JSON breaks off in the middle. */
  | { readonly kind: 'truncate'; readonly status: number; readonly reason: string }
  /** 403 ExpiredProviderToken, for this push and every later one on the connection. */
  | { readonly kind: 'expire-token' };

/** Which pushes it is done to. */
export interface Scope {
  /** How many; 1 unless said otherwise. */
  readonly times?: number;
  /** Only pushes to this device token. */
  readonly token?: string;
  /** So many matching pushes pass before it begins. */
  readonly after?: number;
}

/** What a misbehaviour may do with one push. */
export interface Scene {
  readonly stream: ServerHttp2Stream;
  readonly connection: Connection;
  accept(): void;
  refuse(status: number, reason: string, timestamp?: number): void;
  /** Refuses in JSON that breaks off. */
  refuseHalf(status: number, reason: string): void;
  /** Does it later, unless the sandbox is closed before. */
  later(ms: number, act: () => void): void;
}

type Acts = { readonly [K in Misbehaviour['kind']]: (told: Extract<Misbehaviour, { kind: K }>, scene: Scene) => void };

/** One row per switch. A row that neither accepts nor refuses leaves the push without an answer. */
const acts: Acts = {
  answer: ({ status, reason, timestamp }, scene) => scene.refuse(status, reason, timestamp),
  delay: ({ ms }, scene) => scene.later(ms, () => scene.accept()),
  silence: () => undefined,
  'close-stream': ({ code = 0 }, { stream }) => stream.close(code),
  goaway: goAway,
  disconnect: ({ how }, { connection }) => connection.cut(how),
  freeze: (_, { connection }) => connection.freeze(),
  'half-open': (_, { connection }) => connection.halfClose(),
  truncate: ({ status, reason }, scene) => scene.refuseHalf(status, reason),
  'expire-token': (_, scene) => {
    scene.connection.wedge();
    scene.refuse(403, 'ExpiredProviderToken');
  },
};

export function misbehave(told: Misbehaviour, scene: Scene): void {
  const act = acts[told.kind] as (told: Misbehaviour, scene: Scene) => void;
  act(told, scene);
}

function goAway({ code, lastStreamId, reason }: Extract<Misbehaviour, { kind: 'goaway' }>, scene: Scene): void {
  const { connection, stream } = scene;
  // For 0 Node would announce the last stream received, and not what was asked for.
  connection.goAway(code, lastStreamId ?? stream.id ?? 0, reason === undefined ? undefined : Buffer.from(JSON.stringify({ reason })));
  if (code === 0) scene.accept();
  else scene.later(leaveMs, () => connection.cut('fin'));
}

interface Plan {
  readonly told: Misbehaviour;
  readonly token: string | undefined;
  after: number;
  times: number;
}

/** The misbehaviours ordered and not yet used up. */
export interface Plans {
  add(told: Misbehaviour, scope?: Scope): void;
  /** What to do with a push to this token; counts it. The plan added first comes first. */
  next(token: string): Misbehaviour | undefined;
  clear(): void;
}

export function createPlans(): Plans {
  const plans = new Set<Plan>();
  return {
    add(told, { times = 1, token, after = 0 } = {}) {
      plans.add({ told, token: token?.toLowerCase(), times, after });
    },
    next(token) {
      for (const plan of plans) {
        if (plan.token !== undefined && plan.token !== token.toLowerCase()) continue;
        if (plan.after > 0) {
          plan.after -= 1;
          continue;
        }
        plan.times -= 1;
        if (plan.times <= 0) plans.delete(plan);
        return plan.told;
      }
      return undefined;
    },
    clear: () => plans.clear(),
  };
}
