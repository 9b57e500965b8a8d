import { connectLocalPush, type LocalPush, type LocalPushMessage, type LocalPushOptions } from '../../src/local-push-client/local-push.ts';
import type { LocalPushState, Transport } from '../../src/local-push-client/local-push.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { node, ScriptedServer, secret, type Peer } from './scripted-server.ts';

export interface Scene extends AsyncDisposable {
  readonly server: ScriptedServer;
  readonly line: LocalPush;
  readonly shown: readonly LocalPushMessage[];
  readonly states: readonly LocalPushState[];
  readonly errors: readonly unknown[];
  /** Settles with the n-th state of this kind. */
  state<K extends LocalPushState['kind']>(kind: K, number?: number): Promise<Extract<LocalPushState, { kind: K }>>;
}

/** A client and a server that does as the test says; both end with the test. */
export async function openScene(options: Partial<LocalPushOptions> = {}, prepare?: (server: ScriptedServer) => void): Promise<Scene> {
  const server = await new ScriptedServer().listen();
  prepare?.(server);
  const shown: LocalPushMessage[] = [];
  const states: LocalPushState[] = [];
  const errors: unknown[] = [];
  const line = connectLocalPush({
    url: server.url,
    node,
    secret,
    onPush: (push) => shown.push(push),
    onState: (state) => states.push(state),
    onError: (error) => errors.push(error),
    firstWaitMs: 1,
    longestWaitMs: 5,
    ...options,
  });
  return {
    server,
    line,
    shown,
    states,
    errors,
    state: (kind, number = 1) =>
      waitFor(
        `state ${kind} ${number}`,
        () => states.filter((state): state is Extract<LocalPushState, { kind: typeof kind }> => state.kind === kind)[number - 1],
      ),
    [Symbol.asyncDispose]: async () => {
      line.close();
      await server.close();
    },
  };
}

/** The same, connected by this way. */
export async function openConnected(
  transport: Transport,
  options: Partial<LocalPushOptions> = {},
): Promise<Scene & { readonly peer: Peer }> {
  const scene = await openScene({ transports: [transport], ...options });
  const peer = await scene.server.peer(1);
  await peer.welcome();
  await scene.state('connected');
  return { ...scene, peer };
}

export function buildPush(id: string, more: Readonly<Record<string, unknown>> = {}) {
  return { type: 'push', id, kind: 'message', expiresInMs: 60_000, payload: { account: 'anna@example.net', 'push-id': id }, ...more };
}
