import { component, type ComponentEntity } from '@xmpp/component';
import { setTimeout as wait } from 'node:timers/promises';
import { serveCommands } from '../../base/helper.ts';

// Floor (a): @xmpp/component as it comes, answering `result` to every publish. With `isQuick` its socket sends at once;
// without, Nagle's algorithm and the server's delayed acknowledgements leave it waiting (window / 44 ms).

/** What the library has besides what the product uses of it. */
interface StockComponent extends ComponentEntity {
  start(): Promise<unknown>;
  iqCallee: { set(xmlns: string, name: string, handler: () => boolean | Promise<boolean>): void };
}

let delayMs = 0;

const commands = {
  async connect({ port, domain, isQuick }: { port: number; domain: string; isQuick: boolean }): Promise<void> {
    const entity = component({ service: `xmpp://127.0.0.1:${port}`, domain, password: 'any' }) as StockComponent;
    entity.on('error', (error: unknown) => console.error(error));
    if (isQuick) entity.on('connect', () => entity.socket?.setNoDelay(true));
    entity.iqCallee.set('http://jabber.org/protocol/pubsub', 'pubsub', () => (delayMs === 0 ? true : wait(delayMs, true)));
    await entity.start();
  },
  /** How long each answer waits, as long as the push service takes in the same setting. */
  delay(ms: number): void {
    delayMs = ms;
  },
};
export type LibraryCommands = typeof commands;
serveCommands(commands);
