import { nodeOf, registerRequest, startTestApp, apns, anna, push, type TestApp } from '../helpers/app.ts';

/** What an app learns at registration. */
export interface Registration {
  readonly url: string;
  readonly node: string;
  readonly secret: string;
}

export interface RealServer {
  readonly app: TestApp;
  /** Registers a device whose pushes fail at its push service: what it gets, it gets over its connection. */
  register(): Promise<Registration>;
  unregister(): Promise<string>;
  /** Whole XML of a publish of one message; settles with the whole answer. */
  publish(node: string, body: string): Promise<string>;
}

const token = 'reject-1';

/** The whole program, with local push. `app` is closed by whoever started it. */
export async function startRealServer(): Promise<RealServer> {
  const app = await startTestApp({ localPush: { providers: [apns] } });
  let publishes = 0;
  return {
    app,
    register: async () => {
      const answer = await app.ask(registerRequest(anna, apns, token));
      return {
        url: `http://127.0.0.1:${app.app.httpPort}${fieldOf(answer, 'local-push-path')}`,
        node: nodeOf(answer),
        secret: fieldOf(answer, 'local-push-secret'),
      };
    },
    unregister: () => app.ask(registerRequest(anna, apns, token).replace('register-device', 'unregister-device')),
    publish: (node, body) => {
      publishes += 1;
      return app.ask(
        `<iq type='set' id='p${publishes}' from='example.net' to='${push}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'>` +
          `<item><notification xmlns='urn:xmpp:push:0'><x xmlns='jabber:x:data' type='submit'>` +
          `<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:push:summary</value></field>` +
          `<field var='message-count'><value>1</value></field><field var='last-message-sender'><value>romeo@example.net</value></field>` +
          `<field var='last-message-body'><value>${body}</value></field></x></notification></item></publish></pubsub></iq>`,
      );
    },
  };
}

function fieldOf(form: string, name: string): string {
  const value = new RegExp(`var="${name}"[^>]*><value>([^<]+)<`).exec(form)?.[1];
  if (value === undefined) throw new Error(`no ${name} in ${form}`);
  return value;
}
