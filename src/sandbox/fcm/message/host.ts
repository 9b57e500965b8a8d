import type { Authority } from '../../authority.ts';
import type { Connection } from '../../server/connection.ts';
import { Front } from '../../server/front.ts';
import { createServer, listen } from '../../server/listener.ts';
import type { Habit } from '../../server/stream-limit.ts';
import { createDesk, type Desk, type DeskOptions } from './desk.ts';

export interface MessageHostOptions extends DeskOptions {
  readonly authority: Authority;
  readonly host: string;
  readonly port: number;
  readonly streams: number;
  readonly habits: ReadonlySet<Habit>;
}

/** The side that takes messages. */
export interface MessageHost {
  readonly origin: string;
  readonly desk: Desk;
  readonly connections: { readonly open: number; readonly total: number };
  /** Ends every connection. Called by whoever created it. */
  close(): Promise<void>;
}

/** Settles when the port listens; rejects when it can't. */
export async function createMessageHost(options: MessageHostOptions): Promise<MessageHost> {
  const { authority, host, port, streams, habits } = options;
  const desk = createDesk(options);
  const server = createServer({ authority, maxConcurrentStreams: streams, allowHTTP1: true });
  const front = new Front<Connection>(server, {
    limits: { first: streams, full: streams, habits },
    greet: (connection) => connection,
    serve: (request, exchange, connection) => desk.serve(request, exchange, connection),
  });
  return {
    origin: await listen(server, port, host),
    desk,
    get connections() {
      return front.connections;
    },
    async close() {
      desk.close();
      await front.close();
    },
  };
}
