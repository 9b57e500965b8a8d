import { createInterface } from 'node:readline';
import type { Narrator } from '../narrator.ts';
import { logIn, type Phone } from '../stage/phone.ts';
import { friend, password, setWebStage, user, type WebStage } from './stage.ts';
import { watch } from './watch.ts';

/** Serves the page to try Web Push with, until `untilEnded` settles. Rejects where the stage can't be set. What has to end is handed to `cleanUp`. */
export async function playWeb(narrator: Narrator, cleanUp: AsyncDisposableStack, untilEnded: () => Promise<unknown>): Promise<void> {
  const stage = await setWebStage(narrator, cleanUp);
  const carla = await logIn(stage.host, friend, password);
  // Ctrl-C may have ended the server before.
  cleanUp.defer(() => carla.goOffline().catch(() => undefined));
  cleanUp.defer(watch(narrator, stage));

  narrator.step('Open this page in a browser on this machine');
  narrator.address(stage.address);
  narrator.say(`Its password is: ${password}`);
  narrator.say('Pushes go to your browser’s own push service, so both this machine and the browser need the way to the internet.');
  narrator.say(`Then type a line here: ${friend} writes it to ${user}, and the browser shows it. Ctrl-C ends it all.`);
  cleanUp.defer(writeLines(narrator, stage, carla));
  await untilEnded();
}

/** Each line that is typed is a message; the end of the input ends nothing. Ends when the returned function is called. */
function writeLines(narrator: Narrator, { host: { domain } }: WebStage, carla: Phone): () => void {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    if (line.trim() === '') return;
    carla.write(`${user}@${domain}`, line.trim()).then(
      () => narrator.say(`${friend}@${domain} → ${user}@${domain}: “${line.trim()}”`),
      (error: unknown) => narrator.say(`It could not be sent: ${String(error)}`),
    );
  });
  return () => lines.close();
}
