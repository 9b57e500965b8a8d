import { after, before } from 'node:test';
import { explainMissing, startServer, type TestServer } from './postgres.ts';

/** Debian's PostgreSQL for the tests of a file, or why they are skipped. */
export const withoutDebian = (await explainMissing('debian')) ?? false;

/** One server for the tests of a file; not started where they are skipped. */
export function serveDebian(): () => TestServer {
  let server: TestServer | undefined;
  before(async () => {
    if (withoutDebian === false) server = await startServer('debian');
  });
  after(() => server?.close());
  return () => {
    if (server === undefined) throw new Error('no server');
    return server;
  };
}
