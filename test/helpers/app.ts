import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startApp } from '../../src/app/app.ts';
import type { App, AppExtras } from '../../src/app/app.ts';
import type { Config } from '../../src/config/config.ts';
import { createLog } from '../../src/log/log.ts';
import { usualTiming, type DeliveryTiming } from '../../src/push/delivery/timing.ts';
import { buildPseudonyms } from '../../src/log/pseudonyms.ts';
import { createTestDatabase, createTestFolder } from './database/postgres.ts';
import { startXmppServer } from './xmpp-server.ts';
import type { XmppPeer, XmppServer } from './xmpp-server.ts';

/** The component's domain, provider ids and an account, as the tests use them. */
export const push = 'push.test';
export const apns = 'tigase:messenger:apns:1';
export const fcm = 'fcm-xmpp-api';
export const adminToken = 'the token of administrators'.replaceAll(' ', '-');
export const anna = 'anna@example.net';

export interface TestApp {
  readonly app: App;
  readonly server: XmppServer;
  readonly peer: XmppPeer;
  readonly config: Config;
  /** Sends whole XML, settles with the whole XML of the answer. */
  ask(xml: string): Promise<string>;
  /** Registers a device of this owner and returns its node. */
  register(token: string, owner?: string, provider?: string): Promise<string>;
  /** The lines written to the log so far. */
  readonly log: string[];
  close(): Promise<void>;
}

type Changes = {
  readonly [Part in keyof Config]?: Config[Part] extends readonly unknown[] ? Config[Part] : Partial<NonNullable<Config[Part]>>;
};

/** The whole program in this process: real router, handlers and registry, a scripted XMPP server, providers that do as told. */
export async function startTestApp(changes: Changes = {}, timing: Partial<DeliveryTiming> = {}, extras: AppExtras = {}): Promise<TestApp> {
  const started = await attachTestApp(changes, timing, extras);
  try {
    await started.app.ready;
  } catch (error) {
    await started.close();
    throw error;
  }
  return started;
}

/** The same, attached to the XMPP server, whether or not its database is there. */
export async function attachTestApp(changes: Changes = {}, timing: Partial<DeliveryTiming> = {}, extras: AppExtras = {}): Promise<TestApp> {
  const database = changes.database === undefined ? await createTestDatabase() : undefined;
  const folder = changes.database?.url === undefined ? await createTestFolder() : undefined;
  const server = await startXmppServer();
  const config = buildConfig(
    server,
    folder ?? '/nonexistent',
    database === undefined ? changes : { ...changes, database: { url: database.url } },
  );
  const log: string[] = [];
  const lines = createLog('debug', { write: (line: string) => log.push(line) }, buildPseudonyms(config.component.secret, config.log.jids));
  const app = await startApp(config, lines, '0.0.0-test', { ...usualTiming, ...timing }, extras).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  const peer = await server.online();
  const ask = (xml: string) => peer.ask(xml);
  return {
    app,
    server,
    peer,
    config,
    ask,
    log,
    register: async (token, owner = anna, provider = apns) => nodeOf(await ask(registerRequest(owner, provider, token))),
    close: async () => {
      await app.close();
      await server.close();
      await database?.close();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** So long that no test waits for it. */
const localPush = {
  providers: [apns, fcm],
  keepAliveMs: 60_000,
  answerWithinMs: 10_000,
  maxConnections: 1_000,
  connectionsPerAddress: 1_000,
};

function buildConfig(server: XmppServer, folder: string, changes: Changes): Config {
  const provider = new URL('./scripted-provider.ts', import.meta.url).pathname;
  return {
    file: join(folder, 'reveille.toml'),
    component: {
      jid: push,
      server: { host: '127.0.0.1', port: server.port, tls: false },
      ca: undefined,
      secret: server.secret,
      connections: 1,
      admins: ['admin@example.net'],
      registrants: ['*'],
      publishers: 'owner-domain',
      ...changes.component,
    },
    database: { url: undefined, dataDir: join(folder, 'data'), key: undefined, previousKey: undefined, ...changes.database },
    http: { listen: { host: '127.0.0.1', port: 0 }, rest: undefined, trustProxy: false, ...changes.http },
    log: { level: 'debug', jids: false, ...changes.log },
    delivery: { answerWithinMs: 20_000, defaultTtlMs: 14_400_000, voipTtlMs: 30_000, updateIntervalMs: 20_000, ...changes.delivery },
    limits: { devicesPerOwner: 25, registrationsPerMinute: 10_000, inFlight: 10_000, ...changes.limits },
    providers: changes.providers ?? [apns, fcm].map((id) => ({ id, use: provider, options: {} })),
    dialects: { ...changes.dialects },
    ...(changes.localPush === undefined ? {} : { localPush: { ...localPush, ...changes.localPush } }),
    ...(changes.admin === undefined
      ? {}
      : { admin: { listen: { host: '127.0.0.1', port: 0 }, token: adminToken, hosts: [], ...changes.admin } }),
  };
}

let counter = 0;

/** One shot without action, as Siskin sends it. */
export function registerRequest(owner: string, provider: string, token: string, more = ''): string {
  counter += 1;
  return (
    `<iq type='set' id='r${counter}' from='${owner}/Siskin' to='${push}'>` +
    `<command xmlns='http://jabber.org/protocol/commands' node='register-device'><x xmlns='jabber:x:data' type='submit'>` +
    `<field var='provider' type='text-single'><value>${provider}</value></field>` +
    `<field var='device-token' type='text-single'><value>${token}</value></field>${more}</x></command></iq>`
  );
}

export function nodeOf(answer: string): string {
  const node = /var="node"[^>]*><value>([^<]+)</.exec(answer)?.[1];
  if (node === undefined) throw new Error(`no node in ${answer}`);
  return node;
}
