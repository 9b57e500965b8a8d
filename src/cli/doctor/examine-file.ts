import { createLog } from '../../log/log.ts';
import type { Config, ProviderConfig } from '../../config/config.ts';
import { buildHider } from '../../config/secrets/hide-secrets.ts';
import { examine, type Subject } from '../../doctor/examine.ts';
import type { Step } from '../../doctor/step.ts';
import type { Provider } from '../../push/provider/provider.ts';
import { useUploaded } from '../use-uploaded.ts';
import { closeSubject, loadSubject } from './subject.ts';

/**
 * Tries every link that a configuration file leads to, and yields each step as soon as it is known, secrets hidden. Ends early when
 * `signal` aborts. Throws only where the file can't be read. Changes nothing and disturbs no running Reveille.
 */
export async function* examineFile(file: string, signal: AbortSignal): AsyncGenerator<Step> {
  // What providers would log, their findings tell.
  const log = createLog('silent');
  const { subject, reading } = await loadSubject(file, log);
  const hide = buildSecretHider(subject.config, reading);
  try {
    if (subject.config !== undefined) await useUploaded(subject.config, listCreated(subject), log);
    for await (const step of examine(subject, log, signal)) yield hideIn(step, hide);
  } finally {
    await closeSubject(subject);
  }
}

/** Hidden before anybody encodes it: a secret may have characters that JSON writes differently. */
export function hideIn(step: Step, hide: (text: string) => string): Step {
  const found = hide(step.found);
  const title = hide(step.title);
  if (step.verdict === 'skipped') return { ...step, title, found };
  return { ...step, title, found, tried: hide(step.tried), ...(step.advice === undefined ? {} : { advice: hide(step.advice) }) };
}

function listCreated({ providers }: Subject): ReadonlyMap<string, Provider> {
  return new Map(providers.flatMap(({ id, provider }) => (provider === undefined ? [] : [[id, provider]])));
}

/** Replaces every secret of the configuration in a text: what failed may quote it. */
function buildSecretHider(config: Config | undefined, providers: readonly ProviderConfig[]): (text: string) => string {
  const { secret } = config?.component ?? {};
  const { url, key, previousKey } = config?.database ?? {};
  const token = config?.admin?.token;
  const own = { secret, url, token, key: [key, previousKey].map((one) => one?.toString('base64')) };
  return buildHider(own, ...providers.map(({ options }) => options));
}
