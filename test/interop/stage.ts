import { randomBytes } from 'node:crypto';
import type { DialectsConfig } from '../../src/config/sections/dialects.ts';
import { type TestApp, push, startTestApp } from '../helpers/app.ts';
import { type PushServices, startPushServices } from '../helpers/push-services.ts';
import type { Manners } from '../servers/scripted/manners.ts';
import { ScriptedServer } from '../servers/scripted/scripted-server.ts';

export const siskinProvider = 'tigase:messenger:apns:1';
export const snikketProvider = 'snikket:apns:1';
export const storkProvider = 'fcm-xmpp-api';

const commands = 'http://jabber.org/protocol/commands';

/** The whole program in process between a server that is played and both push services; `providers` as an administrator would name them. */
export interface Stage {
  readonly app: TestApp;
  readonly services: PushServices;
  play(manners: Manners): ScriptedServer;
  /** A client's request as it stands, from this full JID; settles with the whole answer. */
  ask(from: string, type: 'get' | 'set', payload: string): Promise<string>;
  close(): Promise<void>;
}

export async function openStage(dialects: DialectsConfig = {}): Promise<Stage> {
  const services = await startPushServices();
  const [apns, fcm] = services.providers;
  const providers = [apns!, { ...apns!, id: snikketProvider }, fcm!];
  const app = await startTestApp({ providers, dialects, delivery: { updateIntervalMs: 0 } }).catch(async (error: unknown) => {
    await services.close();
    throw error;
  });
  let asked = 0;
  return {
    app,
    services,
    play: (manners) => new ScriptedServer(manners, app.peer, push),
    ask(from, type, payload) {
      asked += 1;
      return app.ask(`<iq type='${type}' id='ask-${asked}' from='${from}' to='${push}'>${payload}</iq>`);
    },
    async close() {
      await app.close();
      await services.close();
    },
  };
}

export const discoInfo = "<query xmlns='http://jabber.org/protocol/disco#info'/>";

/** A command in one shot without action, as the Martin library and jaxmpp write it; values by field, with the types they give. */
export function command(node: string, fields: Readonly<Record<string, readonly [type: string, value: string]>>): string {
  const form = Object.entries(fields).map(([name, [type, value]]) => `<field var='${name}' type='${type}'><value>${value}</value></field>`);
  return `<command xmlns='${commands}' node='${node}'><x xmlns='jabber:x:data' type='submit'>${form.join('')}</x></command>`;
}

/** The value of a field of this type in an answer's form; undefined where the app's library would not find it. */
export function fieldOf(answer: string, name: string, type: string): string | undefined {
  const field = new RegExp(`<field (?=[^>]*var="${name}")(?=[^>]*type="${type}")[^>]*><value>([^<]*)<`).exec(answer);
  return field?.[1];
}

let users = 0;

/** Somebody new each time. */
export function newUser(): string {
  users += 1;
  return `anna${users}@example.net`;
}

export const newToken = (): string => randomBytes(32).toString('hex');
