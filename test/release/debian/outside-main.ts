import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { apns } from '../../helpers/app.ts';
import { startPushServices } from '../../helpers/push-services.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { startXmppServer, type XmppPeer } from '../../helpers/xmpp-server.ts';
import type { Question, Surroundings } from './outside.ts';

// What a machine without network talks to: started in its network namespace by outside.ts, which asks over IPC.

const server = await startXmppServer();
const services = await startPushServices();
const { options } = services.providers.find(({ id }) => id === apns)!;
const files: Record<string, string> = {};
const lines: string[] = [];
for (const [key, value] of Object.entries(options)) {
  if (key.endsWith('-file')) files[basename(String(value))] = await readFile(String(value), 'utf8');
  lines.push(`${key} = ${JSON.stringify(key.endsWith('-file') ? basename(String(value)) : value)}`);
}
const surroundings: Surroundings = { port: server.port, secret: server.secret, files, provider: lines.join('\n') };

process.on('message', ({ id, xml }: Question) => {
  const answer = async (): Promise<string> => (await findComponent()).ask(xml);
  answer().then(
    (value) => process.send?.({ id, value, pushes: services.apple.pushes.map(({ token }) => token) }),
    (error: unknown) => process.send?.({ id, failure: error instanceof Error ? error.message : String(error) }),
  );
});
/** Whoever is attached now, or will be next. */
function findComponent(): Promise<XmppPeer> {
  return waitFor('the component', () => server.peers.findLast(({ isOnline, isClosed }) => isOnline && !isClosed));
}

process.on('disconnect', () => process.exit());
process.send?.(surroundings);
