import { resolve } from 'node:path';
import type { ProviderConfig } from '../../config/config.ts';
import type { Candidate, Subject } from '../../doctor/examine.ts';
import type { Log } from '../../log/log.ts';
import { identify } from '../../push/loading/identify.ts';
import { createProvider } from '../../push/loading/load-providers.ts';
import { createIdentityReader } from '../../push/guard/read-identity.ts';
import { listProviderMistakes, placeMessage } from '../provider-mistakes.ts';
import { listHandlerMistakes, readWithMistakes } from '../reading.ts';
import { withLimit } from '../../base/limit.ts';

const loadLimitMs = 30_000;
const closeLimitMs = 10_000;

interface Loaded extends Candidate {
  readonly mistakes: readonly string[];
}

export interface LoadedSubject {
  readonly subject: Subject;
  readonly reading: readonly ProviderConfig[];
}

/** All that `reveille check` does, and what it loads. The caller closes it. Throws only where the file can't be read. */
export async function loadSubject(file: string, log: Log): Promise<LoadedSubject> {
  const reading = readWithMistakes(file);
  const configs = reading.kind === 'sound' ? reading.config.providers : reading.providers;
  const providers = await Promise.all(configs.map((config) => load(config, resolve(file), log)));
  const own = reading.kind === 'sound' ? await listHandlerMistakes(reading.config.http.rest) : reading.mistakes;
  const mistakes = [...own, ...providers.flatMap((provider) => provider.mistakes)];
  const tried = `read ${file} and load every provider`;
  const configuration: Subject['configuration'] =
    mistakes.length === 0
      ? { verdict: 'ok', tried, found: `no mistakes; providers: ${configs.map(({ id, use }) => `${id} (${use})`).join(', ')}` }
      : { verdict: 'failed', tried, found: mistakes.join('\n'), advice: 'correct these; docs/configuration.md explains every key' };
  return { subject: { configuration, config: reading.kind === 'sound' ? reading.config : undefined, providers }, reading: configs };
}

/** Settles when every provider is closed, or has failed at it. */
export async function closeSubject({ providers }: Subject): Promise<void> {
  await Promise.all(providers.map(closeCandidate));
}

async function closeCandidate({ provider }: Candidate): Promise<void> {
  if (provider === undefined) return;
  // It has said all that was asked of it.
  await withLimit(provider.close(), closeLimitMs, 'it does not close').catch(() => undefined);
}

async function load(config: ProviderConfig, file: string, log: Log): Promise<Loaded> {
  try {
    const provider = await withLimit(createProvider(config, file, log), loadLimitMs, 'it is not ready within 30 s of being loaded');
    const { credentialExpiresAt, reason = 'its credentials have ended' } = provider.status();
    const hasEnded = credentialExpiresAt !== undefined && credentialExpiresAt <= new Date();
    const usual = identify(config);
    return {
      id: config.id,
      provider,
      identify: createIdentityReader(provider, usual),
      mistakes: hasEnded ? [placeMessage(reason, config)] : [],
    };
  } catch (error) {
    return { id: config.id, provider: undefined, identify: () => '', mistakes: listProviderMistakes(error, config) };
  }
}
