// Room: reveille serve. In: options. Out: an exit code, when it ends. May enter: cli.
import type { Examine } from '../../admin/routes/doctor.ts';
import { startApp } from '../../app/app.ts';
import type { App } from '../../app/app.ts';
import { ConfigError } from '../../config/mistakes/config-error.ts';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/reading/load-config.ts';
import { createLog } from '../../log/log.ts';
import type { Log } from '../../log/log.ts';
import { LogSink } from '../../log/sink.ts';
import { buildPseudonyms } from '../../log/pseudonyms.ts';
import { usualTiming } from '../../push/delivery/timing.ts';
import { surviveLateErrors } from '../../push/guard/late-errors.ts';
import { parseConfigOption } from '../line/arguments.ts';
import { endsOfDaemon, onFirstSignal } from '../signals.ts';
import { readVersion } from '../version.ts';
import { keepHeapSmall } from './heap.ts';

const standardOutput = 1;

/**
 * `reveille serve`: runs until SIGTERM, SIGINT or another signal that ends programs, then drains; settles with 0. Writes the
 * event `ready` once the component link is up, the HTTP port listens and the database is there. Rejects where that can't be
 * used, however long it was waited for. A second signal ends the process at once. An error that nobody caught ends it as
 * SIGTERM does, with 1. SIGHUP, as of a terminal that is closed, and a log that can't be written end nothing.
 */
export async function serve(args: readonly string[]): Promise<number> {
  const config = loadConfig(parseConfigOption(args));
  const sink = new LogSink(standardOutput, process.stdout.isTTY);
  process.on('exit', () => sink.finish());
  const log = createLog(config.log.level, sink, buildPseudonyms(config.component.secret, config.log.jids));
  process.on('SIGHUP', () => log.info('hangup'));
  const failure = Promise.withResolvers<'failure'>();
  surviveLateErrors(log, () => failure.resolve('failure'));
  const stopped = Promise.race([new Promise<NodeJS.Signals>((resolve) => onFirstSignal(resolve, endsOfDaemon)), failure.promise]);
  const app = await start(config, log, sink);
  keepHeapSmall();
  const signal = await Promise.race([stopped, announce(app, config, log).then(() => stopped)]).catch((error: unknown) =>
    giveUp(app, error),
  );
  log.info('stopping', { signal });
  await app.close();
  log.info('stopped');
  return signal === 'failure' ? 1 : 0;
}

/** The code is loaded when somebody asks: almost nobody does. */
function buildExamine(file: string): Examine {
  return async function* (signal) {
    const { examineFile } = await import('../doctor/examine-file.ts');
    yield* examineFile(file, signal);
  };
}

/** What providers say of their options is a mistake of the configuration. */
async function start(config: Config, log: Log, sink: LogSink): Promise<App> {
  try {
    return await startApp(config, log, readVersion(), usualTiming, { readLogLoss: () => sink.loss, examine: buildExamine(config.file) });
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
  // Not under `admin`, which names a person and is written as a hash.
  const page = config.admin && app.admin && `${config.admin.listen.host}:${app.admin.port}`;
  const own = config.localPush?.own;
  const localPush = own && `${own.listen.host}:${app.localPushPort}`;
  log.info('ready', { component: config.component.jid, http: `${config.http.listen.host}:${app.httpPort}`, page, localPush });
}

async function giveUp(app: App, error: unknown): Promise<never> {
  await app.close();
  throw error;
}
