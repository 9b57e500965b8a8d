import { startHelper, type Helper } from '../base/helper.ts';
import { buildAuthority } from '../../src/sandbox/authority.ts';
import type { LoadCommands } from './load/main.ts';
import type { SinkCommands } from './sink/main.ts';

/** What a component of the bench stands between: a server that publishes and a push service that accepts. */
export interface Around {
  readonly load: Helper<LoadCommands>;
  readonly sink: Helper<SinkCommands>;
  readonly serverPort: number;
  readonly sinkPort: number;
  /** PEM of who vouches for the push service. */
  readonly ca: string;
}

/** Two processes of their own, left to `cleanUp`. */
export async function openAround(cleanUp: AsyncDisposableStack): Promise<Around> {
  const { ca, server } = buildAuthority();
  const load = startHelper<LoadCommands>(new URL('load/main.ts', import.meta.url));
  cleanUp.defer(() => load.close());
  const sink = startHelper<SinkCommands>(new URL('sink/main.ts', import.meta.url));
  cleanUp.defer(() => sink.close());
  return { load, sink, ca, serverPort: await load.ask('listen', undefined), sinkPort: await sink.ask('listen', server) };
}
