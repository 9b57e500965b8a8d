import { parseArgs } from 'node:util';
import { createNarrator } from './narrator.ts';
import { setStage } from './stage/stage.ts';
import { tell } from './story.ts';
import { playWeb } from './web/play.ts';

// `npm run demo`: the main job once round on this machine, in temporary folders. Ends by itself; status 0 only if every step
// happened. `--loopback` plays without Prosody; `--refuse` makes both push services refuse everything, for the test of failure.
// `--web` serves the page of etc/webapp instead, to try Web Push in a browser, until Ctrl-C.

const playTimeoutMs = 110_000;

const flag = { type: 'boolean', default: false } as const;
const { values } = parseArgs({ options: { loopback: flag, refuse: flag, web: flag } });
const narrator = createNarrator();
const cleanUp = new AsyncDisposableStack();

/** Settles with the reason when the user ends the play, or nobody reads it any more. */
function stopped(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.once(signal, () => resolve(`ended by ${signal}`));
    process.stdout.on('error', () => resolve('nobody reads this any more'));
  });
}

/** Rejects when the user or the clock ends the play. */
async function ended(): Promise<never> {
  const late = new Promise<string>((resolve) => {
    setTimeout(() => resolve(`not done after ${playTimeoutMs / 1000} seconds`), playTimeoutMs).unref();
  });
  throw new Error(await Promise.race([stopped(), late]));
}

async function play(): Promise<void> {
  const stage = await setStage(narrator, cleanUp, { isLoopback: values.loopback });
  if (values.refuse) for (const service of [stage.apple, stage.google]) service.refuseAll();
  await tell(narrator, stage);
  narrator.step('Everything ends');
  const code = await stage.reveille.stop();
  if (code !== 0) throw new Error(`reveille ended with status ${String(code)}`);
  narrator.seen('reveille serve', 'answered what was under way and ended with status 0');
}

/** For as long as somebody tries the page. One who ends it before it is there has not seen it. */
async function playUntilStopped(): Promise<void> {
  const end = stopped();
  let isThere = false;
  const cutShort = end.then((reason) => (isThere ? undefined : Promise.reject(new Error(reason))));
  const shown = playWeb(narrator, cleanUp, () => ((isThere = true), end));
  await Promise.race([shown, cutShort.then(() => shown)]);
}

try {
  await (values.web ? playUntilStopped() : Promise.race([play(), ended()]));
  await cleanUp.disposeAsync();
  narrator.done(`Done: ${values.web ? 'the page is closed' : 'both phones were woken and then let go'}, and nothing is left behind.`);
} catch (error) {
  narrator.failed(`This step did not happen: ${error instanceof Error ? error.message : String(error)}`);
  await cleanUp.disposeAsync();
  process.exit(1); // The play may still be waiting for something.
}
