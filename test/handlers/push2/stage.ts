import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProviderConfig } from '../../../src/config/config.ts';
import { anna, push, startTestApp, type TestApp } from '../../helpers/app.ts';
import { createTestFolder } from '../../helpers/database/postgres.ts';
import { startPushServices, type PushServices } from '../../helpers/push-services.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { authority } from '../../providers/webpush/service.ts';
import { vapidPem } from '../../providers/webpush/stage.ts';

export const webpush = 'web';

export interface Push2Stage {
  readonly app: TestApp;
  readonly services: PushServices;
  /** Settles once so many messages came to this end. */
  ended(end: string, count: number): Promise<void>;
  /** The messages that were sent to the server so far, after all that was written before is dealt with. */
  answers(): Promise<readonly string[]>;
  close(): Promise<void>;
}

type Changes = Parameters<typeof startTestApp>[0];

/** The program with Push 2.0 for localhost and for Apple's names, APNs' sandbox behind these. */
export async function startStage(changes: Changes = {}, webpushOptions: object = {}): Promise<Push2Stage> {
  const folder = await createTestFolder();
  const services = await startPushServices();
  const place = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const web: ProviderConfig = {
    id: webpush,
    use: 'webpush',
    options: {
      'vapid-key-file': place('vapid.pem', vapidPem),
      subject: 'mailto:admin@example.org',
      'allow-private': ['localhost'],
      'ca-file': place('ca.pem', authority.ca),
      proxy: [],
      ...webpushOptions,
    },
  };
  const push2 = { allowHosts: ['localhost', '*.push.example', 'api.push.apple.com', 'api.sandbox.push.apple.com', '127.0.0.1'] };
  const app = await startTestApp({ providers: [...services.providers, web], dialects: { push2 }, ...changes });
  let pings = 0;
  return {
    app,
    services,
    ended: async (end, count) => {
      await waitFor(`${count} messages that end as ${end}`, async () => {
        const text = await (await fetch(`http://127.0.0.1:${app.app.httpPort}/metrics`)).text();
        return text.includes(`reveille_stateless_publishes_total{dialect="push2",end="${end}"} ${count}\n`);
      });
    },
    answers: async () => {
      pings += 1;
      await app.ask(`<iq type='get' id='ping${pings}' from='${anna}/x' to='${push}'><ping xmlns='urn:xmpp:ping'/></iq>`);
      return app.peer.stanzas.filter(({ name }) => name === 'message').map(String);
    },
    close: async () => {
      await app.close();
      await services.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
