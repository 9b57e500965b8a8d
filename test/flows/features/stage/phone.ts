import assert from 'node:assert/strict';
import { type Client, connectClient } from '../../../servers/client.ts';
import { waitFor } from '../../../helpers/wait-for.ts';
import { password, randomToken, type Scene } from '../../stage/scene.ts';
import { commandFields, parseStanza, registerDevice } from '../../stage/stanzas.ts';

export interface Phone {
  readonly client: Client;
  readonly token: string;
  readonly node: string;
}

/** Alice's phone, connected with a session that can be resumed, registered and enabled. */
export async function connectPhone(scene: Scene, cleanUp: AsyncDisposableStack): Promise<Phone> {
  const token = randomToken();
  const client = await connectClient(scene.host, 'alice', password, { resumable: true });
  cleanUp.defer(() => client.goOffline());
  const answer = parseStanza(await client.iq('set', registerDevice(token), scene.host.componentJid));
  const node = commandFields(answer).get('node') ?? '';
  const enable = `<enable xmlns='urn:xmpp:push:0' jid='${scene.host.componentJid}' node='${node}'/>`;
  assert.match(await client.iq('set', enable), /type="result"/);
  return { client, token, node };
}

/** The phone loses its network; settles when the server has noticed and keeps the session for it. */
export async function fallAsleep({ host }: Scene, { client }: Phone): Promise<void> {
  const asleep = host.kind === 'prosody' ? /hibernat/gi : /for stream resumption/g;
  const count = () => host.log().match(asleep)?.length ?? 0;
  const before = count();
  await client.vanish();
  await waitFor('the sleeping session', () => count() > before);
}

/** What the push service took for the phone, as far as a user sees it. */
export function readPushes({ pushService }: Scene, { token }: Phone): readonly Readonly<Record<string, unknown>>[] {
  return pushService.accepted(token).map(({ pushType, payload = {} }) => ({ pushType, sender: payload['sender'], body: payload['body'] }));
}
