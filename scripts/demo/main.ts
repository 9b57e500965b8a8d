import { parseArgs } from 'node:util';
import { createNarrator } from './narrator.ts';
import { setStage, type Stage } from './stage/stage.ts';
import { setStayingStage } from './stay/stay.ts';
import { tell } from './story.ts';
import { playWeb } from './web/play.ts';

// `npm run demo`: the main job once round on this machine, in temporary folders. Ends by itself; status 0 only if every step
// happened. `--loopback` plays without Prosody; `--refuse` makes both push services refuse everything, for the test of failure.
// `--stay` tells no story: it stays until it is interrupted, with the status page to look at and switches to break things.
// `--web` serves the page of etc/webapp instead, to try Web Push in a browser, until Ctrl-C.

const playTimeoutMs = 110_000;

const flag = { type: 'boolean', default: false } as const;
const { values } = parseArgs({ options: { loopback: flag, refuse: flag, stay: flag, web: flag } });
const narrator = createNarrator();
const cleanUp = new AsyncDisposableStack();
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)
  process.once(signal, () => interrupted.abort(new Error(`ended by ${signal}`)));
process.stdout.on('error', () => interrupted.abort(new Error('nobody reads this any more')));

/** Settles with what the work comes to; rejects when the user or the clock ends it before. */
async function whileTimeLasts<T>(work: Promise<T>): Promise<T> {
  const ended = Promise.withResolvers<never>();
  interrupted.signal.addEventListener('abort', () => ended.reject(interrupted.signal.reason as Error));
  const timer = setTimeout(() => ended.reject(new Error(`not done after ${playTimeoutMs / 1000} seconds`)), playTimeoutMs);
  return Promise.race([work, ended.promise]).finally(() => clearTimeout(timer));
}

async function play(): Promise<string> {
  const stage = await setStage(narrator, cleanUp, { isLoopback: values.loopback });
  if (values.refuse) for (const service of [stage.apple, stage.google]) service.refuseAll();
  await tell(narrator, stage);
  await end(stage);
  return 'Done: both phones were woken and then let go, and nothing is left behind.';
}

async function stay(): Promise<string> {
  const { stage, run } = await whileTimeLasts(setStayingStage(narrator, cleanUp, { isLoopback: values.loopback }));
  await run(interrupted.signal);
  await whileTimeLasts(end(stage));
  return 'Done: it stayed as long as it was to, and nothing is left behind.';
}

async function end(stage: Stage): Promise<void> {
  narrator.step('Everything ends');
  const code = await stage.reveille.stop();
  if (code !== 0) throw new Error(`reveille ended with status ${String(code)}`);
  narrator.seen('reveille serve', 'answered what was under way and ended with status 0');
}

/** For as long as somebody tries the page. One who ends it before it is there has not seen it. */
async function web(): Promise<string> {
  const isThere = Promise.withResolvers<undefined>();
  const ended = new Promise<undefined>((resolve) => interrupted.signal.addEventListener('abort', () => resolve(undefined)));
  const shown = playWeb(narrator, cleanUp, () => (isThere.resolve(undefined), ended));
  await whileTimeLasts(Promise.race([isThere.promise, shown]));
  await shown;
  return 'Done: the page is closed, and nothing is left behind.';
}

function perform(): Promise<string> {
  if (values.web) return web();
  return values.stay ? stay() : whileTimeLasts(play());
}

try {
  const told = await perform();
  await cleanUp.disposeAsync();
  narrator.done(told);
} catch (error) {
  narrator.failed(`This step did not happen: ${error instanceof Error ? error.message : String(error)}`);
  await cleanUp.disposeAsync();
  process.exit(1); // The play may still be waiting for something.
}
