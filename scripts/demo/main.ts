import { parseArgs } from 'node:util';
import { createNarrator } from './narrator.ts';
import { setStage } from './stage/stage.ts';
import { tell } from './story.ts';

// `npm run demo`: the main job once round on this machine, in temporary folders. Ends by itself; status 0 only if every step
// happened. `--loopback` plays without Prosody; `--refuse` makes both push services refuse everything, for the test of failure.

const playTimeoutMs = 110_000;

const { values } = parseArgs({ options: { loopback: { type: 'boolean', default: false }, refuse: { type: 'boolean', default: false } } });
const narrator = createNarrator();
const cleanUp = new AsyncDisposableStack();

/** Rejects when the user or the clock ends the play. */
function ended(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)
      process.once(signal, () => reject(new Error(`ended by ${signal}`)));
    process.stdout.on('error', () => reject(new Error('nobody reads this any more')));
    setTimeout(() => reject(new Error(`not done after ${playTimeoutMs / 1000} seconds`)), playTimeoutMs).unref();
  });
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

try {
  await Promise.race([play(), ended()]);
  await cleanUp.disposeAsync();
  narrator.done('Done: both phones were woken and then let go, and nothing is left behind.');
} catch (error) {
  narrator.failed(`This step did not happen: ${error instanceof Error ? error.message : String(error)}`);
  await cleanUp.disposeAsync();
  process.exit(1); // The play may still be waiting for something.
}
