import { randomUUID } from 'node:crypto';
import type { DeliveryTiming } from '../../../src/push/delivery/timing.ts';
import { startTestApp, type TestApp } from '../../helpers/app.ts';
import { ask } from '../../helpers/database/postgres.ts';
import { stageOf, stageProvider, type Stage } from '../../helpers/stage-provider.ts';

export const provider = 'staged';

/** So that a test need not wait for what takes seconds in life. */
export const quick: Partial<DeliveryTiming> = {
  pollMs: 100,
  leaseMs: 3_000,
  tryMs: 2_000,
  firstBackoffMs: 50,
  longestBackoffMs: 400,
  refusedMs: 50,
  firstOpenMs: 50,
  longestOpenMs: 200,
};

export type Changes = NonNullable<Parameters<typeof startTestApp>[0]>;

/** An instance whose one provider plays on a stage. */
export interface Scene extends TestApp {
  readonly stage: Stage;
  /** Publishes and settles with what was answered, `result` or `type/condition`. */
  readonly publish: (node: string, notification: string) => Promise<string>;
  /** Node of a new device of a new account. */
  readonly device: () => Promise<string>;
}

/** On this database; `name` is the stage's, shared by scenes that name the same. */
export async function openScene(url: string, changes: Changes = {}, timing = quick, name: string = randomUUID()): Promise<Scene> {
  const providers = [{ id: provider, use: stageProvider, options: { stage: name } }];
  const app = await startTestApp({ database: { url }, providers, ...changes }, timing);
  return {
    ...app,
    stage: stageOf(name),
    publish: async (node, notification) => describeAnswer(await app.ask(buildPublish(node, notification))),
    device: () => app.register(`token-${randomUUID()}`, `${randomUUID()}@example.net`, provider),
  };
}

let count = 0;

export function buildPublish(node: string, notification: string): string {
  count += 1;
  return (
    `<iq type='set' id='p${count}' from='example.net' to='push.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'>` +
    `<item><notification xmlns='urn:xmpp:push:0'>${notification}</notification></item></publish></pubsub></iq>`
  );
}

export function describeAnswer(xml: string): string {
  const [, type, condition] = /<error type="([a-z]+)"><([a-z-]+)/.exec(xml) ?? [];
  return type === undefined ? 'result' : `${type}/${condition ?? ''}`;
}

export const message = (body: string) => `<x xmlns='jabber:x:data'><field var='last-message-body'><value>${body}</value></field></x>`;
export const call = (sid: string) => `<jingle xmlns='tigase:push:jingle:0' sid='${sid}' action='propose'><media>audio</media></jingle>`;
export const readElsewhere = (unread = 0) => `<x xmlns='jabber:x:data'><field var='message-count'><value>${unread}</value></field></x>`;

/** Pushes that wait in the database. */
export async function countWaiting(url: string): Promise<number> {
  const [row] = await ask(url, 'SELECT count(*) AS waiting FROM deferred');
  return Number(row?.['waiting']);
}

/** The events of these names in the log. */
export function linesOf(app: TestApp, event: string): readonly Record<string, unknown>[] {
  return app.log.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => line['event'] === event);
}

/** The value of a metric, whole name and labels. */
export async function readMetric({ app }: TestApp, series: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${app.httpPort}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length));
}
