import { randomUUID } from 'node:crypto';
import { nodeOf, registerRequest, startTestApp, type TestApp } from '../helpers/app.ts';
import { stageOf, stageProvider, type Stage } from '../helpers/stage-provider.ts';
import { buildPublish, describeAnswer, provider, quick, type Changes } from '../push/delivery/scene.ts';
import type { Identity } from './device.ts';

export { provider };

export interface Scene extends TestApp {
  readonly stage: Stage;
  readonly port: number;
  readonly publish: (node: string, notification: string) => Promise<string>;
  /** A new device of a new account, as its registration told it. */
  readonly phone: () => Promise<Identity & { readonly owner: string; readonly token: string }>;
}

/** An instance with local push, whose one provider plays on a stage of this name. */
export async function openScene(
  localPush: NonNullable<Changes['localPush']> = {},
  changes: Changes = {},
  name: string = randomUUID(),
): Promise<Scene> {
  const providers = [{ id: provider, use: stageProvider, options: { stage: name } }];
  const app = await startTestApp({ ...changes, providers, localPush: { providers: [provider], ...localPush } }, quick);
  return {
    ...app,
    stage: stageOf(name),
    port: app.app.httpPort,
    publish: async (node, notification) => describeAnswer(await app.ask(buildPublish(node, notification))),
    phone: async () => {
      const [owner, token] = [`${randomUUID()}@example.net`, `token-${randomUUID()}`];
      const answer = await app.ask(registerRequest(owner, provider, token));
      return { node: nodeOf(answer), secret: fieldOf(answer, 'local-push-secret'), owner, token };
    },
  };
}

export function fieldOf(answer: string, name: string): string {
  return new RegExp(`var="${name}"[^>]*><value>([^<]+)<`).exec(answer)?.[1] ?? '';
}

export function unregisterRequest(owner: string, token: string): string {
  return registerRequest(owner, provider, token).replace("node='register-device'", "node='unregister-device'");
}
