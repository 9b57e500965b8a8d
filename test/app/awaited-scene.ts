import { randomUUID } from 'node:crypto';
import { attachTestApp, type TestApp } from '../helpers/app.ts';
import { stageOf, stageProvider, type Stage } from '../helpers/stage-provider.ts';
import { provider, quick, type Changes } from '../push/delivery/scene.ts';

/** An instance that is attached, with its database or without; its one provider plays on a stage. */
export interface AwaitedScene extends TestApp {
  readonly stage: Stage;
  /** Status and database of `/readyz`. */
  readonly readiness: () => Promise<string>;
  readonly health: () => Promise<number>;
}

export async function attachScene(database: NonNullable<Changes['database']>): Promise<AwaitedScene> {
  const name = randomUUID();
  const app = await attachTestApp({ database, providers: [{ id: provider, use: stageProvider, options: { stage: name } }] }, quick);
  const get = (path: string) => fetch(`http://127.0.0.1:${app.app.httpPort}${path}`);
  return {
    ...app,
    stage: stageOf(name),
    readiness: async () => {
      const answer = await get('/readyz');
      return `${answer.status} ${((await answer.json()) as { database: string }).database}`;
    },
    health: async () => (await get('/healthz')).status,
  };
}
