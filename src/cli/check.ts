import { resolve } from 'node:path';
import { listCertificateMistakes } from '../app/build-local-push.ts';
import { withoutRelayer } from '../app/build-push2.ts';
import type { Config, ProviderConfig } from '../config/config.ts';
import { describeExposure } from '../config/exposure.ts';
import { createLog, type Log } from '../log/log.ts';
import { loadProvider } from '../push/loading/load-providers.ts';
import { parseConfigOption } from './line/arguments.ts';
import { listProviderMistakes, placeMessage } from './provider-mistakes.ts';
import { listHandlerMistakes, readWithMistakes } from './reading.ts';
import { withLimit } from '../base/limit.ts';

const loadLimitMs = 30_000;
const closeLimitMs = 10_000;

/**
 * `reveille check`: every mistake of the configuration, of its providers and of the REST handlers on one line of standard output. Settles with
 * 0 or, where there are mistakes, 1. Opens no connection and writes nothing; what it loads it closes.
 */
export async function check(args: readonly string[]): Promise<number> {
  const file = parseConfigOption(args);
  const reading = readWithMistakes(file);
  const providers = reading.kind === 'sound' ? reading.config.providers : reading.providers;
  const log = createLog('warn', process.stderr);
  const [tried, handlers] = await Promise.all([
    Promise.all(providers.map((provider) => tryProvider(provider, resolve(file), log))),
    reading.kind === 'sound' ? listHandlerMistakes(reading.config.http.rest) : [],
  ]);
  const certificate = reading.kind === 'sound' ? listCertificateMistakes(reading.config) : [];
  const found = [...tried.flatMap(({ mistakes }) => mistakes), ...handlers, ...certificate];
  const isWithoutRelayer = reading.kind === 'sound' && reading.config.dialects.push2 !== undefined && !tried.some(({ relays }) => relays);
  const mistakes = [...(reading.kind === 'sound' ? [] : reading.mistakes), ...found, ...(isWithoutRelayer ? [withoutRelayer] : [])];
  if (reading.kind === 'sound') warnOfExposure(reading.config);
  for (const line of mistakes.length > 0 ? mistakes : [describeSound(file, providers)]) process.stdout.write(`${line}\n`);
  return mistakes.length > 0 ? 1 : 0;
}

/** No mistake: there may be a reverse proxy before it. */
function warnOfExposure({ admin }: Config): void {
  const exposure = admin && describeExposure(admin);
  if (exposure !== undefined) process.stderr.write(`warning: admin.listen: ${exposure.found}; ${exposure.advice}\n`);
}

interface Tried {
  readonly mistakes: readonly string[];
  /** Whether it can take part in Push 2.0; of one that can't be created it is not known, so yes. */
  readonly relays: boolean;
}

async function tryProvider(config: ProviderConfig, file: string, log: Log): Promise<Tried> {
  try {
    const provider = await withLimit(loadProvider(config, file, log), loadLimitMs, 'it is not ready within 30 s of being loaded');
    const { credentialExpiresAt, reason = 'its credentials have ended' } = provider.status();
    await withLimit(provider.close(), closeLimitMs, 'it does not close within 10 s');
    // A provider with ended credentials starts, so that the others do; but nobody configures that on purpose.
    const hasEnded = credentialExpiresAt !== undefined && credentialExpiresAt <= new Date();
    return { mistakes: hasEnded ? [placeMessage(reason, config)] : [], relays: provider.relays };
  } catch (error) {
    return { mistakes: listProviderMistakes(error, config), relays: true };
  }
}

function describeSound(file: string, providers: readonly ProviderConfig[]): string {
  return `${file}: no mistakes; providers: ${providers.map(({ id, use }) => `${id} (${use})`).join(', ')}`;
}
