import { startApp } from '../app.ts';
import type { App } from '../app.ts';
import { ConfigError } from '../config/config-error.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import { createLog } from '../log.ts';
import type { Log } from '../log.ts';
import { buildPseudonyms } from '../log-pseudonyms.ts';
import { surviveLateErrors } from '../push/late-errors.ts';
import { parseConfigOption } from './arguments.ts';
import { readVersion } from './version.ts';

/**
 * `reveille serve`: runs until SIGTERM or SIGINT, then drains; settles with 0. Writes the event `ready` once the component
 * link is up, the HTTP port listens and the database is there. Rejects where that can't be used, however long it was waited
 * for. A second signal ends the process at once.
 */
export async function serve(args: readonly string[]): Promise<number> {
  const config = loadConfig(parseConfigOption(args));
  const log = createLog(config.log.level, process.stdout, buildPseudonyms(config.component.secret, config.log.jids));
  surviveLateErrors(log);
  const stopped = untilSignal();
  const app = await start(config, log);
  const signal = await Promise.race([stopped, announce(app, config, log).then(() => stopped)]).catch((error: unknown) =>
    giveUp(app, error),
  );
  log.info('stopping', { signal });
  process.once(signal, () => process.exit(1));
  await app.close();
  log.info('stopped');
  return 0;
}

/** What providers say of their options is a mistake of the configuration. */
async function start(config: Config, log: Log): Promise<App> {
  try {
    return await startApp(config, log, readVersion());
  } catch (error) {
    if (!(error instanceof AggregateError)) throw error;
    throw new ConfigError(
      error.errors.map((one: unknown) => (one instanceof Error ? one.message : String(one))),
      { cause: error },
    );
  }
}

async function announce(app: App, config: Config, log: Log): Promise<void> {
  await app.ready;
  log.info('ready', { component: config.component.jid, http: `${config.http.listen.host}:${app.httpPort}` });
}

async function giveUp(app: App, error: unknown): Promise<never> {
  await app.close();
  throw error;
}

function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}
