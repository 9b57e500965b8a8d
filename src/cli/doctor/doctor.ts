// Room: reveille doctor, printed. In: options. Out: steps in words or JSON. May enter: cli.
import { limitSignal } from '../../base/limit.ts';
import { createLog } from '../../log/log.ts';
import type { Config, ProviderConfig } from '../../config/config.ts';
import { buildHider } from '../../config/secrets/hide-secrets.ts';
import { examine, type Subject } from '../../doctor/examine.ts';
import type { Step } from '../../doctor/step.ts';
import type { Provider } from '../../push/provider/provider.ts';
import { parseOptions } from '../line/arguments.ts';
import { closeSubject, loadSubject } from './subject.ts';
import { createReport } from './report.ts';
import { listenForInterrupt } from '../signals.ts';
import { UsageError } from '../line/usage-error.ts';
import { useUploaded } from '../use-uploaded.ts';

/** No step takes nearly as long; this is for what nobody thought of. */
const wholeLimitMs = 180_000;

const known = { config: { type: 'string' }, json: { type: 'boolean', default: false } } as const;

/**
 * `reveille doctor`: tries every link on the way of a stanza and prints each step as soon as it is known. Settles with 0, or
 * with 1 where a step failed or it was interrupted. Changes nothing and disturbs no running Reveille.
 */
export async function doctor(args: readonly string[]): Promise<number> {
  const { config: file, json } = parseOptions(args, known);
  if (file === undefined || file === '') throw new UsageError('--config FILE is missing');
  // What providers would log, their findings tell.
  const log = createLog('silent');
  const signal = limitSignal(listenForInterrupt(), wholeLimitMs);
  const { subject, reading } = await loadSubject(file, log);
  const hide = buildSecretHider(subject.config, reading);
  const report = createReport(json, process.stdout, hide);
  const steps: Step[] = [];
  try {
    if (subject.config !== undefined) await useUploaded(subject.config, listCreated(subject), log);
    for await (const step of examine(subject, log, signal)) {
      steps.push(step);
      report.tell(step);
    }
  } finally {
    await closeSubject(subject);
  }
  report.end(steps, signal.aborted);
  return signal.aborted || steps.some(({ verdict }) => verdict === 'failed') ? 1 : 0;
}

function listCreated({ providers }: Subject): ReadonlyMap<string, Provider> {
  return new Map(providers.flatMap(({ id, provider }) => (provider === undefined ? [] : [[id, provider]])));
}

/** Replaces every secret of the configuration in a text: what failed may quote it. */
function buildSecretHider(config: Config | undefined, providers: readonly ProviderConfig[]): (text: string) => string {
  const { secret } = config?.component ?? {};
  const { url, key, previousKey } = config?.database ?? {};
  const own = { secret, url, key: [key, previousKey].map((one) => one?.toString('base64')) };
  return buildHider(own, ...providers.map(({ options }) => options));
}
