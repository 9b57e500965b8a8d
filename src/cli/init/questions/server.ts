// Room: the five questions of reveille init, and what tries their answers. In: a dialogue. Out: answers. May enter: init.
import { isIP } from 'node:net';
import { serverAddress } from '../../../config/values/address.ts';
import { examineConnection, examineTls } from '../../../doctor/xmpp/connection.ts';
import { examineName } from '../../../doctor/xmpp/name.ts';
import type { Titled } from '../../../doctor/step.ts';
import type { ServerAnswer } from '../answers.ts';
import type { Dialogue, Settled } from '../dialogue/dialogue.ts';
import { serverKinds, type ServerKind } from '../server-kinds.ts';
import { readChoice } from './read-choice.ts';
import { readBySchema } from './read-by-schema.ts';

/** Which XMPP server it is and where components connect, tried as far as one comes without a name and a secret. */
export async function askServer(dialogue: Dialogue, isOffline: boolean): Promise<Settled<ServerAnswer>> {
  dialogue.say('\n1 of 5: the XMPP server');
  return dialogue.settle({
    ask: async () => {
      const kind = await askKind(dialogue);
      const text = 'Where does it listen for components? host:port, or tls://host:port';
      const question = { option: 'address', text, fallback: `127.0.0.1:${kind.port}` };
      return { kind, address: await dialogue.ask(question, (answer) => readAddress(answer)) };
    },
    check: async (server) => {
      if (isOffline) return [];
      dialogue.explain('  Trying to reach it …');
      return examineReach(server.address, dialogue.signal);
    },
    help: () =>
      dialogue.say('  Where the server has no component yet, its port may be closed: g goes on, and it is tried again with the secret.'),
  });
}

function askKind(dialogue: Dialogue): Promise<ServerKind> {
  for (const [index, { title }] of serverKinds.entries()) dialogue.explain(`  ${index + 1}  ${title}`);
  const question = { option: 'server', text: 'Which one is it? Number or name', fallback: 'prosody' };
  return dialogue.ask(question, (answer) => readChoice(answer, serverKinds));
}

function readAddress(text: string) {
  const reading = readBySchema(serverAddress, text);
  return 'problem' in reading ? reading : { value: text };
}

async function examineReach(address: string, signal: AbortSignal): Promise<readonly Titled[]> {
  const server = serverAddress.parse(address);
  const steps: Titled[] = [];
  if (isIP(server.host) === 0) steps.push({ title: 'name', ...(await examineName(server.host, 'the address', signal)) });
  if (hasFailed(steps)) return steps;
  steps.push({ title: 'connection', ...(await examineConnection(server, signal)) });
  if (hasFailed(steps) || !server.tls) return steps;
  return [...steps, { title: 'TLS', ...(await examineTls(server, undefined, signal)) }];
}

function hasFailed(steps: readonly Titled[]): boolean {
  return steps.some(({ verdict }) => verdict === 'failed');
}
