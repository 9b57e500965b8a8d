// Started by malformed.test.ts with --expose-gc, so that the memory measured is the server's alone.
import { setTimeout as sleep } from 'node:timers/promises';
import { anna, apns, startTestApp } from '../helpers/app.ts';

export interface HeapReport {
  readonly heapBytes: number;
  /** Lines of the log that are no debugging, at most a few. */
  readonly complaints: readonly string[];
}

const app = await startTestApp({ http: { trustProxy: true } });
await app.register('A1B2C3', anna, apns);
process.on('message', (message) => {
  void (message === 'close' ? close() : report());
});
process.send?.({ port: app.app.httpPort });

async function report(): Promise<void> {
  const complaints = app.log.splice(0).filter((line) => /"level":"(?:warn|error)"/.test(line));
  // What has just been closed is let go of in the next turns of the event loop.
  for (let turn = 0; turn < 5; turn += 1) {
    await sleep(50);
    global.gc?.();
  }
  process.send?.({ heapBytes: process.memoryUsage().heapUsed, complaints: complaints.slice(0, 5) } satisfies HeapReport);
}

async function close(): Promise<void> {
  await app.close();
  process.disconnect();
}
