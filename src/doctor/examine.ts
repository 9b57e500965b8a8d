// Room: tries every link on the way of a stanza. In: a configuration. Out: steps, each a verdict with advice. May enter: cli.
import type { Config } from '../config/config.ts';
import type { Log } from '../log/log.ts';
import type { Provider } from '../push/provider/provider.ts';
import { readChapter, startChapter, type Chapter, type Tell } from './chapter.ts';
import { examineAdminPort } from './admin-port.ts';
import { examineClock } from './clock.ts';
import { examineDialects } from './dialects.ts';
import { examineLocalPush, examineDevicePort } from './local-push.ts';
import { examineDatabase, type Look } from './database/database.ts';
import { examinePort } from './http-port.ts';
import { examineProof, readStandings, type Standings } from './proof.ts';
import { examineProvider } from './provider.ts';
import type { Serving } from './running.ts';
import { skip, type Step, type StepResult } from './step.ts';
import { examineServer } from './xmpp/xmpp-server.ts';

/** What is examined, as far as the configuration could be read. */
export interface Subject {
  readonly configuration: StepResult;
  /** Undefined where it has mistakes. */
  readonly config: Config | undefined;
  readonly providers: readonly Candidate[];
}

export interface Candidate {
  readonly id: string;
  /** Undefined where it could not be created, which the configuration's step tells. */
  readonly provider: Provider | undefined;
  /** Fingerprint of the credentials that it has by now. */
  readonly identify: () => string;
}

/**
 * Examines everything on the way of a stanza, what is independent at the same time, and yields each step in order as soon as
 * it is known. Ends early when `signal` aborts. Never throws.
 */
export async function* examine(subject: Subject, log: Log, signal: AbortSignal): AsyncGenerator<Step> {
  let number = 0;
  for (const chapter of startAll(subject, log, signal))
    for await (const titled of readChapter(chapter)) {
      if (signal.aborted) return;
      number += 1;
      yield { number, ...titled };
    }
}

/** In the order in which a stanza meets them. */
function startAll(subject: Subject, log: Log, signal: AbortSignal): readonly Chapter[] {
  const { config, configuration, providers } = subject;
  const news: News = { serving: Promise.withResolvers(), standings: Promise.withResolvers() };
  return [
    startChapter(
      'configuration',
      tellOnly('configuration', () => configuration),
    ),
    startChapter(
      'clock',
      tellOnly('clock', () => examineClock()),
    ),
    ...(config === undefined
      ? [startChapter('the rest', (tell) => skipParts(tell, news))]
      : startParts(config, providers, news, log, signal)),
    ...providers.map(({ id, provider }) =>
      startChapter(`provider ${id}`, async (tell) => {
        if (provider === undefined) tell(`provider ${id}`, skip('its table in the configuration has mistakes'));
        else {
          await examineProvider(id, provider, signal, tell);
          await tellProof(id, news, tell);
        }
      }),
    ),
  ];
}

/** Without a database there is nothing to say that its own steps have not said. */
async function tellProof(id: string, { serving, standings }: News, tell: Tell): Promise<void> {
  const standing = (await standings.promise)?.get(id);
  if (standing !== undefined) tell(`provider ${id}: proof`, examineProof(standing, (await serving.promise)?.doubts[id]));
}

/** What a chapter learns for those behind it; undefined where there is nothing to learn. */
interface News {
  /** The Reveille that runs with this configuration. */
  readonly serving: PromiseWithResolvers<Serving | undefined>;
  readonly standings: PromiseWithResolvers<Standings | undefined>;
}

function startParts(
  config: Config,
  providers: readonly Candidate[],
  { serving, standings }: News,
  log: Log,
  signal: AbortSignal,
): readonly Chapter[] {
  const { admin } = config;
  const own = config.localPush?.own;
  const ids = config.providers.map(({ id }) => id);
  const examineHttp = async (tell: Tell) => {
    try {
      const report = await examinePort(config.http.listen, ids, signal);
      tell('HTTP port', report.result);
      serving.resolve(report.serving);
    } finally {
      serving.resolve(undefined);
    }
  };
  const look: Look = async (database) => {
    const keys = providers.map(({ id, identify }) => ({ provider: id, identity: identify() }));
    // What it was asked before tells how the database is.
    standings.resolve(await readStandings(database, keys).catch(() => undefined));
  };
  const examineTables = async (tell: Tell) => {
    try {
      await examineDatabase(config.database, look, log, signal, tell);
    } finally {
      standings.resolve(undefined);
    }
  };
  return [
    startChapter(
      'dialects',
      tellOnly('dialects', () => examineDialects(config)),
    ),
    ...(config.localPush === undefined
      ? []
      : [
          startChapter(
            'local push',
            tellOnly('local push', () => examineLocalPush(config)),
          ),
        ]),
    startChapter('HTTP port', examineHttp),
    ...(admin === undefined
      ? []
      : [startChapter('status page', async (tell) => tell('status page', await examineAdminPort(admin, await serving.promise)))]),
    ...(own === undefined
      ? []
      : [startChapter('port for devices', async (tell) => tell('port for devices', await examineDevicePort(own, await serving.promise)))]),
    startChapter('database', examineTables),
    startChapter('XMPP server', async (tell) => examineServer(config.component, await serving.promise, signal, tell)),
  ];
}

function skipParts(tell: Tell, { serving, standings }: News): Promise<void> {
  serving.resolve(undefined);
  standings.resolve(undefined);
  for (const title of ['dialects', 'HTTP port', 'database', 'XMPP server']) tell(title, skip('the configuration has mistakes'));
  return Promise.resolve();
}

function tellOnly(title: string, look: () => StepResult): (tell: Tell) => Promise<void> {
  return (tell) => {
    tell(title, look());
    return Promise.resolve();
  };
}
