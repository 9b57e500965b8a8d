import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { registerRequest } from '../../helpers/app.ts';
import { ask } from '../../helpers/database/postgres.ts';
import { accepted, unavailable } from '../../helpers/stage-provider.ts';
import { describeAnswer, linesOf, message, openScene, provider, type Changes, type Scene } from '../delivery/scene.ts';
import { waitFor } from '../../helpers/wait-for.ts';

export const temporary = 'wait/internal-server-error';
const readable = /<text[^>]*>the database can not be reached right now<\/text>/;

/** An instance whose database gets into trouble. */
export interface DatabaseScene extends Scene {
  /** Devices that this instance has looked up. */
  readonly known: readonly string[];
  /** Publishes to every known device; all of them get their push, whatever the database does. */
  readonly showFlow: () => Promise<void>;
  /** What a publish to a node that nobody has is answered. */
  readonly askUnknown: () => Promise<string>;
  /** Registering and unregistering are refused as temporary, in words for a person. */
  readonly showNoRegistration: () => Promise<void>;
  /** A push that would have to wait is refused as temporary. */
  readonly showNoDeferral: () => Promise<void>;
  /** Settles when everything works again, by itself: looking up, registering, and a push that waits. */
  readonly untilHealed: () => Promise<void>;
}

const knownDevices = 20;

/** Uses the scene on this database, and closes it; nothing in it may have failed in a way that nobody foresaw. */
export async function withDatabaseScene(url: string, use: (scene: DatabaseScene) => Promise<void>, changes: Changes = {}): Promise<void> {
  const scene = await openScene(url, changes);
  try {
    const known = await Promise.all(Array.from({ length: knownDevices }, scene.device));
    for (const node of known) assert.equal(await scene.publish(node, message('before')), 'result');
    await use({ ...scene, known, ...buildChecks(scene, known) });
    assert.deepEqual(linesOf(scene, 'handler-failed'), []);
  } finally {
    await scene.close();
  }
}

type Checks = Pick<DatabaseScene, 'showFlow' | 'askUnknown' | 'showNoRegistration' | 'showNoDeferral' | 'untilHealed'>;

function buildChecks(scene: Scene, known: readonly string[]): Checks {
  const { stage, publish } = scene;
  const request = () => registerRequest('anna@example.net', provider, `token-${randomUUID()}`);
  const askUnknown = () => publish(randomUUID(), message('to nobody'));
  return {
    askUnknown,
    showFlow: async () => {
      const body = randomUUID();
      const answers = await Promise.all(known.map((node) => publish(node, message(body))));
      assert.deepEqual(new Set(answers), new Set(['result']));
      assert.equal(stage.accepted.filter(({ notification }) => notification.body === body).length, known.length);
    },
    showNoRegistration: async () => {
      const requests = [request(), request().replace("node='register", "node='unregister")];
      for (const answer of await Promise.all(requests.map((one) => scene.ask(one)))) {
        assert.equal(describeAnswer(answer), temporary);
        assert.match(answer, readable);
      }
    },
    showNoDeferral: async () => {
      stage.answer = () => unavailable;
      assert.equal(await publish(known[0]!, message('not to be kept')), temporary);
      stage.answer = () => accepted;
    },
    untilHealed: async () => {
      await waitFor('lookups', async () => (await askUnknown()) === 'cancel/item-not-found');
      await waitFor('registrations', async () => describeAnswer(await scene.ask(request())) === 'result');
      await untilDeferred(scene, await scene.device());
    },
  };
}

async function untilDeferred({ stage, publish }: Scene, node: string): Promise<void> {
  const body = randomUUID();
  stage.answer = () => unavailable;
  await waitFor('pushes that wait', async () => (await publish(node, message(body))) === 'result');
  stage.answer = () => accepted;
  await waitFor('the push that waited', () => stage.accepted.some(({ notification }) => notification.body === body));
}

/** Ends every session of Reveille in this database; settles with how many there were. */
export async function endSessions(url: string): Promise<number> {
  const text = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'reveille' AND datname = '${nameOf(url)}'`;
  return (await ask(url, text)).length;
}

export async function countSessions(url: string): Promise<number> {
  const text = `SELECT count(*) AS sessions FROM pg_stat_activity WHERE application_name = 'reveille' AND datname = '${nameOf(url)}'`;
  return Number((await ask(url, text))[0]?.['sessions']);
}

export const nameOf = (url: string): string => new URL(url).pathname.slice(1);

/** The same server, another database. */
export function inDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}
