import type { Config } from '../config/config.ts';
import type { Log } from '../log.ts';
import type { Provider } from '../push/provider.ts';
import { readChapter, startChapter, type Chapter, type Tell } from './chapter.ts';
import { examineClock } from './clock.ts';
import { examineDatabase } from './database.ts';
import { examinePort, type PortReport } from './http-port.ts';
import { examineProvider } from './provider.ts';
import { skip, type Step, type StepResult } from './step.ts';
import { examineServer } from './xmpp-server.ts';

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
  return [
    startChapter(
      'configuration',
      tellOnly('configuration', () => configuration),
    ),
    startChapter(
      'clock',
      tellOnly('clock', () => examineClock()),
    ),
    ...(config === undefined ? [startChapter('the rest', skipParts)] : startParts(config, log, signal)),
    ...providers.map(({ id, provider }) =>
      startChapter(`provider ${id}`, async (tell) => {
        if (provider === undefined) tell(`provider ${id}`, skip('its table in the configuration has mistakes'));
        else await examineProvider(id, provider, signal, tell);
      }),
    ),
  ];
}

function startParts(config: Config, log: Log, signal: AbortSignal): readonly Chapter[] {
  const { promise: port, resolve: know } = Promise.withResolvers<PortReport['serving']>();
  const ids = config.providers.map(({ id }) => id);
  const examineHttp = async (tell: Tell) => {
    try {
      const { result, serving } = await examinePort(config.http.listen, ids, signal);
      tell('HTTP port', result);
      know(serving);
    } finally {
      know(undefined);
    }
  };
  return [
    startChapter('HTTP port', examineHttp),
    startChapter('database', (tell) => examineDatabase(config.database, log, signal, tell)),
    startChapter('XMPP server', async (tell) => examineServer(config.component, await port, signal, tell)),
  ];
}

function skipParts(tell: Tell): Promise<void> {
  for (const title of ['HTTP port', 'database', 'XMPP server']) tell(title, skip('the configuration has mistakes'));
  return Promise.resolve();
}

function tellOnly(title: string, look: () => StepResult): (tell: Tell) => Promise<void> {
  return (tell) => {
    tell(title, look());
    return Promise.resolve();
  };
}
